/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

/**
 * Where something is said.
 *
 * @param document a descriptor inside the application, or the class whose annotation it is
 * @param line counted from 1; 0 for the document as a whole
 */
record Place(String document, int line) {

    /** As messages have it: {@code WEB-INF/web.xml line 12}. */
    @Override
    public String toString() {
        return line == 0 ? document : document + " line " + line;
    }
}
