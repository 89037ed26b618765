/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;

/** Tomcat as its manual embeds it, which keeps connections for as long as the others do. */
final class PlainTomcat {

    private PlainTomcat() {}

    /**
     * Starts it on a free port of 127.0.0.1.
     *
     * @param files a directory; it makes one of its own in it
     */
    static Contender.Running start(Path files) throws Exception {
        Path home = Files.createTempDirectory(files, ".tomcat");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(home.toString());
        Connector connector = new Connector("HTTP/1.1");
        connector.setPort(0);
        AbstractProtocol<?> protocol = (AbstractProtocol<?>) connector.getProtocolHandler();
        protocol.setAddress(InetAddress.getLoopbackAddress());
        connector.setProperty("maxKeepAliveRequests", "-1"); // nobody else counts them
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", home.toString());
        Tomcat.addServlet(context, "trivial", new TrivialServlet()).addMapping("/servlet");
        tomcat.start();
        return new Contender.Running(connector.getLocalPort(), () -> {
            tomcat.stop();
            tomcat.destroy();
        });
    }
}
