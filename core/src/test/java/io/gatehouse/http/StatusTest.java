/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatusTest {

    @ParameterizedTest
    @CsvSource({"100,Continue", "200,OK", "404,Not Found", "413,Content Too Large", "511,Network Authentication Required"})
    void registeredCodesHaveTheirReason(int status, String reason) {
        assertEquals(reason, Status.reason(status));
    }

    @ParameterizedTest
    @CsvSource({"-1", "0", "99", "299", "418", "599", "600", "1000"})
    void otherCodesHaveNone(int status) {
        assertEquals("", Status.reason(status));
    }

    @ParameterizedTest
    @CsvSource({"100,true", "103,true", "200,false", "204,true", "205,false", "304,true", "404,false"})
    void someNeverHaveABody(int status, boolean bodiless) {
        assertEquals(bodiless, Status.isBodiless(status));
    }
}
