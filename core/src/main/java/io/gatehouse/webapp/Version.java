/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

/** A version of the Servlet specification, that of a descriptor's schema. */
record Version(int major, int minor) {

    /** What this container is. */
    static final Version CURRENT = new Version(6, 1);

    boolean before(int otherMajor, int otherMinor) {
        return major < otherMajor || major == otherMajor && minor < otherMinor;
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
