/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGenerator;

/** Puts the section in front of each test's name, and insists on one. */
public final class SectionNames extends DisplayNameGenerator.Standard {

    @Override
    public String generateDisplayNameForMethod(List<Class<?>> enclosing, Class<?> type, Method method) {
        Section own = method.getAnnotation(Section.class);
        Section section = own != null ? own : type.getAnnotation(Section.class);
        if (section == null) {
            throw new IllegalStateException(method + " does not say which section it tests: annotate it with @Section");
        }
        return section.value() + " " + method.getName();
    }
}
