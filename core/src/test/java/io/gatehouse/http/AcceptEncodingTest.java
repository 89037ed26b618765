/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptEncodingTest {

    private static final List<String> ALL = List.of("br", "zstd", "gzip");

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "absent", value = {
        "absent                           | identity",
        "''                               | identity",
        "gzip                             | gzip",
        "gzip, deflate                    | gzip",
        "gzip, deflate, br                | br",
        "gzip, deflate, br, zstd          | br",
        "gzip,zstd                        | zstd",
        "zstd;q=1.0, br;q=0.9             | zstd",
        "gzip;q=1.0, br;q=0.8, *;q=0.1    | gzip",
        "*                                | br",
        "*;q=0.5                          | br",
        "*;q=0                            | identity",
        "br;q=0, *                        | zstd",
        "br;q=0, zstd;q=0, gzip;q=0       | identity",
        "identity                         | identity",
        "identity, gzip                   | gzip",
        "identity;q=0.5, gzip             | gzip",
        "identity, gzip;q=0.9             | identity",
        "identity;q=0, gzip;q=0.1         | gzip",
        "identity;q=0                     | identity",
        "deflate, compress                | identity",
        "GZIP                             | gzip",
        "x-gzip                           | gzip",
        "gzip;q=0, x-gzip                 | identity",
        "gzipped                          | identity",
        "xgzip                            | identity",
        "gzip ; q=0.5 , br ; q=0.4        | gzip",
        "gzip;Q=0.5, br;Q=0.4             | gzip",
        "gzip;q=0.001                     | gzip",
        "gzip;q=0.000                     | identity",
        "gzip;q=1.000                     | gzip",
        "gzip;q=1.001                     | identity",
        "gzip;q=2                         | identity",
        "gzip;q=-1                        | identity",
        "gzip;q=0.1234                    | identity",
        "gzip;q=                          | identity",
        "gzip;q=.5                        | identity",
        "gzip;q=a                         | identity",
        "gzip;q=0.                        | identity",
        "gzip;q=1.                        | gzip",
        "gzip;x=1;q=0.5, br;q=0.4         | gzip",
        ", ,gzip,                         | gzip",
        "gzip\tdeflate                    | identity",
    })
    void choosesByWeight(String field, String coding) {
        int choice = AcceptEncoding.choose(field, ALL);
        assertEquals(coding, choice == AcceptEncoding.IDENTITY ? "identity" : ALL.get(choice));
    }

    @Test
    void theServersOrderBreaksTies() {
        assertEquals(0, AcceptEncoding.choose("br, gzip", List.of("gzip", "br")));
        assertEquals(1, AcceptEncoding.choose("br, gzip;q=0.9", List.of("gzip", "br")));
        assertEquals(AcceptEncoding.IDENTITY, AcceptEncoding.choose("br", List.of()));
        assertEquals(AcceptEncoding.IDENTITY, AcceptEncoding.choose("br", List.of("gzip")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | text/html | 1000",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | application/xml | 900",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | */* | 800",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | image/png | -1",
        "text/html;level=1;q=0.7                        | text/html | 700",
        "text/html;v=\"a,b;q=0.1\";q=0.3, x/y           | text/html | 300",
        "x/y;v=\"text/html, text/html\", text/html;q=0.2 | text/html | 200",
        "x/y;v=\"\\\", text/html\", z/z                  | text/html | -1",
        "x/y;v=\"unended, text/html                      | text/html | -1",
        "TEXT/HTML                                      | text/html | 1000",
        "text/htmlx                                     | text/html | -1",
        "text/html;q=0.5, text/html;q=0.9               | text/html | 500",
        "text/html;q=0.5;ext=1                          | text/html | 500",
        "text/html;q=0,5                                | text/html | 0",
        "text/*                                         | text/html | -1",
    })
    void weightsAreReadFromAnyList(String list, String member, int weight) {
        assertEquals(weight, QualityValues.of(list, member));
    }
}
