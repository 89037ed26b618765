/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.ArrayList;
import java.util.List;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;

/** Takes back an application's beans of management. Loaded only where there is {@code java.management}; makes no server. */
final class ManagementFarewell {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    private ManagementFarewell() {}

    /** The names of the beans that were taken back. */
    static List<String> run(ClassLoader loader) {
        List<String> gone = new ArrayList<>();
        for (MBeanServer server : MBeanServerFactory.findMBeanServer(null)) {
            for (ObjectName name : server.queryNames(null, null)) {
                try {
                    if (server.getClassLoaderFor(name) == loader) {
                        server.unregisterMBean(name);
                        gone.add(name.toString());
                    }
                } catch (InstanceNotFoundException e) {
                    LOG.log(System.Logger.Level.DEBUG, "a bean is gone meanwhile", e);
                } catch (JMException e) {
                    gone.add(name + ", which refuses to go: " + e);
                }
            }
        }
        return gone;
    }
}
