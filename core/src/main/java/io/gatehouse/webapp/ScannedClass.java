/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a class file says, without the class being loaded. Names are as in Java source, with {@code $} for nested classes.
 *
 * @param source the jar's name, or {@code WEB-INF/classes}
 * @param parent its superclass; null for an interface's and the first of all classes
 * @param interfaces that it names itself
 * @param marks the types of annotations on itself
 * @param memberMarks the types of annotations on its fields, methods and constructors
 * @param values of those annotations on itself that the container reads, by type
 */
record ScannedClass(
        String name,
        String source,
        @Nullable String parent,
        List<String> interfaces,
        Set<String> marks,
        Set<String> memberMarks,
        Map<String, Map<String, Object>> values) {

    Place place() {
        return new Place(source + " class " + name, 0);
    }
}
