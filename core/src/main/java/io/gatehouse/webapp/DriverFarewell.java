/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Takes back the database drivers of an application. The JDK lets a driver be taken back only by who sees it, so this class is
 * defined anew in the application's class loader, and may therefore use no other class than the JDK's.
 */
final class DriverFarewell implements Supplier<List<String>> {

    DriverFarewell() {}

    /** The class names of the drivers that were taken back. */
    @Override
    public List<String> get() {
        List<String> names = new ArrayList<>();
        for (Enumeration<Driver> drivers = DriverManager.getDrivers(); drivers.hasMoreElements();) {
            Driver driver = drivers.nextElement();
            if (driver.getClass().getClassLoader() == getClass().getClassLoader()) {
                try {
                    DriverManager.deregisterDriver(driver);
                    names.add(driver.getClass().getName());
                } catch (SQLException | SecurityException e) {
                    names.add(driver.getClass().getName() + ", which refuses to go: " + e);
                }
            }
        }
        return names;
    }
}
