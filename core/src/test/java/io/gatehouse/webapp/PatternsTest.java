/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import jakarta.servlet.http.HttpServlet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a URL pattern is one question, asked here of a line and there of a registration: the answers must be the same. */
@Section("12.2")
@DisplayNameGeneration(SectionNames.class)
class PatternsTest {

    private static final Place PLACE = new Place("WEB-INF/web.xml", 3);

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/*", "/a", "/a/b", "/a/*", "/a/b/*", "/a*", "/a/*.b", "/*/a", "/ü", "*.a", "*.a.b", "/a b", "//",
        "/a//b", "/a/", "*.ü", "/*.a"})
    void goodPatterns(String pattern) {
        assertDoesNotThrow(() -> Patterns.require(pattern, PLACE));
        assertDoesNotThrow(() -> ServletApplication.builder().servlet("s", new HttpServlet() {}, pattern));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/*", "*", "*.", "*a", "*.a/b", "*.*", "*.a*", " /a", "**", ".a", "/a\nb", "/a\rb", "http://x/"})
    void badPatterns(String pattern) {
        DeploymentException refused = assertThrows(DeploymentException.class, () -> Patterns.require(pattern, PLACE));
        assertTrue(refused.getMessage().startsWith("WEB-INF/web.xml line 3: the URL pattern '" + pattern + "'"), refused.getMessage());
        assertThrows(IllegalArgumentException.class,
                () -> ServletApplication.builder().servlet("s", new HttpServlet() {}, pattern));
    }

    @ParameterizedTest
    @CsvSource({"2, 2, a/*, /a/*", "2, 2, *.do, *.do", "2, 2, /a, /a", "2, 3, /a, /a", "6, 1, ' /a ', /a"})
    void elementsAreReadAsTheirVersionHasThem(int major, int minor, String text, String pattern) throws Exception {
        Element element = new Element("url-pattern", PLACE);
        element.append(text);
        assertEquals(pattern, Patterns.checked(element, new Version(major, minor)));
    }

    @ParameterizedTest
    @CsvSource({"2, 5, false", "2, 4, true", "2, 6, false", "1, 9, true", "3, 0, false"})
    void versionsHaveAnOrder(int major, int minor, boolean before) {
        assertEquals(before, new Version(major, minor).before(2, 5));
    }
}
