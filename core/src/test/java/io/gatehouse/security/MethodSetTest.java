/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MethodSetTest {

    private static final List<MethodSet> SETS = List.of(
            MethodSet.ALL, MethodSet.NONE, MethodSet.of("GET"), MethodSet.of("GET", "PUT"), MethodSet.of("PUT", "BREW"),
            MethodSet.allBut("GET"), MethodSet.allBut("GET", "PUT"), MethodSet.allBut("PUT", "BREW"));
    private static final List<String> METHODS = List.of("GET", "PUT", "BREW", "get", "X");

    @Test
    void unionsAndComplementsAreWhatLogicSays() {
        for (MethodSet one : SETS) {
            for (String method : METHODS) {
                assertEquals(!one.contains(method), one.not().contains(method), one + " " + method);
            }
            assertEquals(one, one.not().not());
            for (MethodSet two : SETS) {
                MethodSet both = one.or(two);
                for (String method : METHODS) {
                    assertEquals(one.contains(method) || two.contains(method), both.contains(method),
                            one + " or " + two + " " + method);
                }
                assertEquals(both, two.or(one));
            }
            assertEquals(MethodSet.ALL, one.or(one.not()));
        }
    }

    @Test
    void onlyNoMethodIsEmpty() {
        SETS.forEach(each -> assertEquals(each.equals(MethodSet.NONE), each.isEmpty(), each.toString()));
        assertTrue(MethodSet.ALL.not().isEmpty());
    }

    @Test
    void namesCompareWithCase() {
        assertFalse(MethodSet.of("GET").contains("get"));
        assertTrue(MethodSet.allBut("GET").contains("get"));
    }

    @Test
    void theyReadWell() {
        assertEquals("GET, PUT", MethodSet.of("PUT", "GET", "GET").toString());
        assertEquals("all methods but GET", MethodSet.allBut("GET").toString());
        assertEquals("all methods", MethodSet.ALL.toString());
        assertEquals("no method", MethodSet.NONE.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "GET,POST", "GE T", "GET\r\n", "GÉT", "(x)"})
    void whatIsNoMethodIsRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> MethodSet.of(name));
        assertThrows(IllegalArgumentException.class, () -> MethodSet.allBut(name));
    }
}
