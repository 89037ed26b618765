/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights in lists (RFC 9110 section 12.4.2). */
final class QualityValuesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "gzip                              | gzip      | 1000",
        "GZIP                              | gzip      | 1000",
        "gzip;q=0.5                        | gzip      | 500",
        "gzip;q=0.123                      | gzip      | 123",
        "gzip;q=0                          | gzip      | 0",
        "gzip;q=0.000                      | gzip      | 0",
        "gzip;q=1.000                      | gzip      | 1000",
        "gzip;q=1.                         | gzip      | 1000",
        "gzip;Q=0.7                        | gzip      | 700",
        "gzip ; q=0.7                      | gzip      | 700",
        "br, gzip;q=0.4 , zstd             | gzip      | 400",
        "br,gzip                           | gzip      | 1000",
        ",,gzip                            | gzip      | 1000",
        "gzip;q=0.2, gzip;q=0.9            | gzip      | 200",
        "text/html;level=1;q=0.3           | text/html | 300",
        "text/html;a=\"x,y;q=0.1\";q=0.3   | text/html | 300",
        "x;a=\",text/html,\", text/html;q=0.6 | text/html | 600",
        "x;a=\"\\\",text/html\"            | text/html | -1",
        "*;q=0.1                           | *         | 100",
        "gzipped                           | gzip      | -1",
        "x-gzip                            | gzip      | -1",
        "br                                | gzip      | -1",
        "''                                | gzip      | -1",
        "gzip;q=1.001                      | gzip      | -1",
        "gzip;q=2                          | gzip      | -1",
        "gzip;q=-1                         | gzip      | -1",
        "gzip;q=0.1234                     | gzip      | -1",
        "gzip;q=.5                         | gzip      | -1",
        "gzip;q=0,5                        | gzip      | 0",
        "gzip;q=0.a                        | gzip      | -1",
        "gzip;q=                           | gzip      | -1",
        "gzip;q                            | gzip      | 1000",
        "gzip;                             | gzip      | 1000",
    })
    void weighs(String list, String member, int weight) {
        assertEquals(weight, QualityValues.of(list, member));
    }
}
