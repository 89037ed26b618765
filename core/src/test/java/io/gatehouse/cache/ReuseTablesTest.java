/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.gatehouse.cache.ModelCache.Reply;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One answer, a while, and the same request again: reused or not. A row is {@code name ; status ; fields of the answer ; seconds
 * ; fields of both requests ; fields of the second alone ; yes or no}. {@code @5} is the date five seconds after the first request.
 */
class ReuseTablesTest {

    private static final long START = 1_795_435_200L;

    /** RFC 9111 sections 4.2.1 and 1.2.2: max-age, s-maxage and Expires. */
    private static final String FRESHNESS = """
            max-age;                     200; Cache-Control: max-age=3600;                                     3; ; ; yes
            max-age stale;               200; Cache-Control: max-age=2;                                        3; ; ; no
            max-age 0;                   200; Cache-Control: max-age=0;                                        0; ; ; no
            max-age 0 over Expires;      200; Cache-Control: max-age=0 | Expires: @1000 | Date: @0;            0; ; ; no
            max-age over Expires;        200; Cache-Control: max-age=3600 | Expires: @-1000 | Date: @0;        3; ; ; yes
            max-age, Expires invalid;    200; Cache-Control: max-age=3600 | Expires: 0;                        3; ; ; yes
            max-age and Age;             200; Cache-Control: max-age=3600 | Age: 7200 | Date: @0;              0; ; ; no
            s-maxage longer;             200; Cache-Control: max-age=1, s-maxage=3600;                         3; ; ; yes
            s-maxage shorter;            200; Cache-Control: max-age=3600, s-maxage=1;                         3; ; ; no
            s-maxage on another line;    200; Cache-Control: max-age=3600 | Cache-Control: s-maxage=1;         3; ; ; no
            largest;                     200; Cache-Control: max-age=2147483648;                               3; ; ; yes
            larger than largest;         200; Cache-Control: max-age=99999999999;                              3; ; ; yes
            nothing at all;              200; X: y;                                                            0; ; ; no
            Expires;                     200; Expires: @1000 | Date: @0;                                       3; ; ; yes
            Expires past;                200; Expires: @-1000 | Date: @0;                                      0; ; ; no
            Expires present;             200; Expires: @0 | Date: @0;                                          0; ; ; no
            Expires and Age;             200; Expires: @30 | Date: @0 | Age: 25;                               6; ; ; no
            Expires, slow Date;          200; Expires: @10 | Date: @-15 | Age: 25;                             1; ; ; no
            Expires, old Date;           200; Expires: @-100 | Date: @-200;                                    0; ; ; no
            Expires, fast Date;          200; Expires: @30 | Date: @25;                                        6; ; ; no
            Expires in RFC 850;          200; Expires: Thursday, 18-Aug-50 02:01:18 GMT | Date: @0;            3; ; ; yes
            Expires in asctime;          200; Expires: Thu Aug  8 02:01:18 2050 | Date: @0;                    3; ; ; yes
            Expires, case of weekday;    200; Expires: THU, 18 Aug 2050 02:01:18 GMT | Date: @0;               3; ; ; yes
            Expires, case of month;      200; Expires: Thu, 18 AUG 2050 02:01:18 GMT | Date: @0;               3; ; ; yes
            Expires, case of zone;       200; Expires: Thu, 18 Aug 2050 02:01:18 gMT | Date: @0;               3; ; ; yes
            Expires, UTC;                200; Expires: Thu, 18 Aug 2050 02:01:18 UTC | Date: @0;               0; ; ; no
            Expires, AEST;               200; Expires: Thu, 18 Aug 2050 02:01:18 AEST | Date: @0;              0; ; ; no
            Expires, short year;         200; Expires: Thu, 18 Aug 50 02:01:18 GMT | Date: @0;                 0; ; ; no
            Expires, no comma;           200; Expires: Thu 18 Aug 2050 02:01:18 GMT | Date: @0;                0; ; ; no
            Expires, two blanks;         200; Expires: Thu, 18  Aug  2050 02:01:18 GMT | Date: @0;             0; ; ; no
            Expires, dashes;             200; Expires: Thu, 18-Aug-2050 02:01:18 GMT | Date: @0;               0; ; ; no
            Expires, dots;               200; Expires: Thu, 18 Aug 2050 02.01.18 GMT | Date: @0;               0; ; ; no
            Expires, short hour;         200; Expires: Thu, 18 Aug 2050 2:01:18 GMT | Date: @0;                0; ; ; no
            Expires twice;               200; Expires: @1000 | Expires: @1000 | Date: @0;                      0; ; ; no
            """;

    /** Section 5.2: how directives are read. */
    private static final String PARSING = """
            quoted;                      200; Cache-Control: max-age="3600";                                   3; ; ; yes
            single quotes;               200; Cache-Control: max-age='3600';                                   0; ; ; no
            inside of a string, before;  200; Cache-Control: extension="max-age=3600", max-age=1;              3; ; ; no
            inside of a string, behind;  200; Cache-Control: max-age=1, extension="max-age=3600";              3; ; ; no
            inside, both quoted;         200; Cache-Control: extension="max-age=3600", max-age="1";            3; ; ; no
            leading zeros;               200; Cache-Control: max-age=003600;                                   3; ; ; yes
            decimal;                     200; Cache-Control: max-age=3600.0;                                   0; ; ; no
            negative;                    200; Cache-Control: max-age=-3600;                                    0; ; ; no
            letter before;               200; Cache-Control: max-age=a3600;                                    0; ; ; no
            letter behind;               200; Cache-Control: max-age=3600a;                                    0; ; ; no
            blank before the sign;       200; Cache-Control: max-age =3600;                                    0; ; ; no
            blank behind the sign;       200; Cache-Control: max-age= 3600;                                    0; ; ; no
            fresh then stale;            200; Cache-Control: max-age=1800, max-age=1;                          3; ; ; yes
            stale then fresh;            200; Cache-Control: max-age=1, max-age=1800;                          3; ; ; no
            stale then fresh, lines;     200; Cache-Control: max-age=1 | Cache-Control: max-age=1800;          3; ; ; no
            unknown extension;           200; Cache-Control: foobar, max-age=3600;                             3; ; ; yes
            case;                        200; Cache-Control: MaX-aGe=3600;                                     3; ; ; yes
            no-store;                    200; Cache-Control: no-store;                                         0; ; ; no
            no-store, case;              200; Cache-Control: No-StOrE, max-age=3600;                           0; ; ; no
            private;                     200; Cache-Control: private, max-age=3600;                            0; ; ; no
            no-cache;                    200; Cache-Control: no-cache, max-age=3600 | ETag: "a";               0; ; ; no
            must-revalidate, fresh;      200; Cache-Control: max-age=3600, must-revalidate;                    3; ; ; yes
            must-revalidate, stale;      200; Cache-Control: max-age=2, must-revalidate;                       3; ; ; no
            Pragma of an answer;         200; Cache-Control: max-age=3600 | Pragma: no-cache;                  3; ; ; yes
            Pragma, heuristic;           200; Last-Modified: @-10000 | Date: @0 | Pragma: no-cache;            3; ; ; yes
            """;

    /** Section 5.1: how Age is read. */
    private static final String AGE = """
            no number;                   200; Cache-Control: max-age=3600 | Age: abc;                          3; ; ; yes
            negative;                    200; Cache-Control: max-age=3600 | Age: -7200;                        3; ; ; yes
            float;                       200; Cache-Control: max-age=3600 | Age: 7200.0;                       3; ; ; yes
            old, 0;                      200; Cache-Control: max-age=3600 | Age: 7200, 0;                      0; ; ; no
            0, old;                      200; Cache-Control: max-age=3600 | Age: 0, 7200;                      3; ; ; yes
            old and 0, lines;            200; Cache-Control: max-age=3600 | Age: 7200 | Age: 0;                0; ; ; no
            0 and old, lines;            200; Cache-Control: max-age=3600 | Age: 0 | Age: 7200;                3; ; ; yes
            0 twice;                     200; Cache-Control: max-age=3600 | Age: 0, 0;                         3; ; ; yes
            old twice;                   200; Cache-Control: max-age=10000 | Age: 3600, 3600;                  3; ; ; yes
            parameter;                   200; Cache-Control: max-age=3600 | Age: 7200;foo=bar;                 3; ; ; yes
            too large;                   200; Cache-Control: max-age=3600 | Age: 99999999999;                  0; ; ; no
            adds to what passes;         200; Cache-Control: max-age=10 | Age: 8;                              2; ; ; no
            """.replace("7200;foo=bar", "7200\u0001foo=bar");

    /** RFC 9110 section 15.1 and RFC 9111 section 4.2.2. */
    private static final String STATUS = """
            200;  200; Last-Modified: @-1000 | Date: @0; 3; ; ; yes
            203;  203; Last-Modified: @-1000 | Date: @0; 3; ; ; yes
            204;  204; Last-Modified: @-1000 | Date: @0; 3; ; ; yes
            300;  300; Last-Modified: @-1000 | Date: @0; 3; ; ; yes
            301;  301; Last-Modified: @-1000 | Date: @0; 3; ; ; yes
            308;  308; Last-Modified: @-1000 | Date: @0; 3; ; ; yes
            404;  404; Last-Modified: @-1000 | Date: @0; 3; ; ; yes
            405;  405; Last-Modified: @-1000 | Date: @0; 3; ; ; yes
            410;  410; Last-Modified: @-1000 | Date: @0; 3; ; ; yes
            414;  414; Last-Modified: @-1000 | Date: @0; 3; ; ; yes
            501;  501; Last-Modified: @-1000 | Date: @0; 3; ; ; yes
            201;  201; Last-Modified: @-1000 | Date: @0; 3; ; ; no
            202;  202; Last-Modified: @-1000 | Date: @0; 3; ; ; no
            403;  403; Last-Modified: @-1000 | Date: @0; 3; ; ; no
            502;  502; Last-Modified: @-1000 | Date: @0; 3; ; ; no
            503;  503; Last-Modified: @-1000 | Date: @0; 3; ; ; no
            599;  599; Last-Modified: @-1000 | Date: @0; 3; ; ; no
            599 public;          599; Last-Modified: @-1000 | Date: @0 | Cache-Control: public; 3; ; ; yes
            too old a guess;     200; Last-Modified: @-20 | Date: @0; 3; ; ; no
            299 fresh;           299; Cache-Control: max-age=3600; 3; ; ; yes
            299 stale;           299; Cache-Control: max-age=2; 3; ; ; no
            303 fresh;           303; Cache-Control: max-age=3600; 3; ; ; yes
            307 fresh;           307; Cache-Control: max-age=3600; 3; ; ; yes
            499 fresh;           499; Cache-Control: max-age=3600; 3; ; ; yes
            499 stale;           499; Cache-Control: max-age=2; 3; ; ; no
            500 fresh;           500; Cache-Control: max-age=3600; 3; ; ; yes
            503 fresh;           503; Cache-Control: max-age=3600; 3; ; ; yes
            503 stale;           503; Cache-Control: max-age=2; 3; ; ; no
            599 fresh;           599; Cache-Control: max-age=3600; 3; ; ; yes
            599 not understood;  599; Cache-Control: max-age=3600, no-store, must-understand; 3; ; ; no
            200 understood;      200; Cache-Control: max-age=3600, no-store, must-understand; 3; ; ; yes
            """;

    /** Section 4.1. */
    private static final String VARY = """
            match;               200; Cache-Control: max-age=60 | Vary: Foo;       0; Foo: 1; ; yes
            no match;            200; Cache-Control: max-age=60 | Vary: Foo;       0; ; Foo: 2; no
            omitted;             200; Cache-Control: max-age=60 | Vary: Foo;       0; ; ; yes
            two, one omitted;    200; Cache-Control: max-age=60 | Vary: Foo, Bar;  0; Foo: 1; Bar: 2; no
            two;                 200; Cache-Control: max-age=60 | Vary: Foo, Bar;  0; Foo: 1 | Bar: 2; Other: x; yes
            three, one omitted;  200; Cache-Control: max-age=60 | Vary: Foo, Bar, Baz; 0; Foo: 1 | Baz: 789; ; yes
            lines of Vary;       200; Cache-Control: max-age=60 | Vary: Foo | Vary: Bar; 0; Foo: 1; Bar: 2; no
            star;                200; Cache-Control: max-age=60 | Vary: *;         0; ; ; no
            star and more;       200; Cache-Control: max-age=60 | Vary: *, Foo;    0; ; ; no
            more and star;       200; Cache-Control: max-age=60 | Vary: Foo, *;    0; ; ; no
            nothing and star;    200; Cache-Control: max-age=60 | Vary: , *;       0; ; ; no
            empty line and star; 200; Cache-Control: max-age=60 | Vary: | Vary: *; 0; ; ; no
            """;

    /** RFC 9213. */
    private static final String TARGETED = """
            max-age;                200; CDN-Cache-Control: max-age=3600;                                      3; ; ; yes
            largest;                200; CDN-Cache-Control: max-age=2147483648;                                3; ; ; yes
            Age counts;             200; CDN-Cache-Control: max-age=3600 | Age: 7200;                          0; ; ; no
            0;                      200; CDN-Cache-Control: max-age=0;                                         0; ; ; no
            0 over Expires;         200; CDN-Cache-Control: max-age=0 | Expires: @1000;                        0; ; ; no
            over Expires past;      200; CDN-Cache-Control: max-age=3600 | Expires: @-1000;                    3; ; ; yes
            over Expires invalid;   200; CDN-Cache-Control: max-age=3600 | Expires: 0;                         3; ; ; yes
            over shorter max-age;   200; CDN-Cache-Control: max-age=3600 | Cache-Control: max-age=1;           3; ; ; yes
            over longer max-age;    200; CDN-Cache-Control: max-age=1 | Cache-Control: max-age=3600;           3; ; ; no
            over no-store;          200; CDN-Cache-Control: max-age=3600 | Cache-Control: no-store;            3; ; ; yes
            no-store;               200; CDN-Cache-Control: no-store | Cache-Control: max-age=3600;            0; ; ; no
            private;                200; CDN-Cache-Control: private | Cache-Control: max-age=3600;             0; ; ; no
            no-cache;               200; CDN-Cache-Control: no-cache | Cache-Control: max-age=3600 | ETag: "a"; 0; ; ; no
            wrong type;             200; CDN-Cache-Control: max-age="3600" | Cache-Control: max-age=1;         3; ; ; no
            wrong type falls back;  200; CDN-Cache-Control: max-age="0" | Cache-Control: max-age=3600;         3; ; ; yes
            broken falls back;      200; CDN-Cache-Control: max-age=0, &&& | Cache-Control: max-age=3600;      3; ; ; yes
            upper case is broken;   200; CDN-Cache-Control: MaX-aGe=3600 | Cache-Control: max-age=1;           3; ; ; no
            blank before the sign;  200; CDN-Cache-Control: max-age =100 | Cache-Control: max-age=1;           3; ; ; no
            blank behind the sign;  200; CDN-Cache-Control: max-age= 100 | Cache-Control: max-age=1;           3; ; ; no
            empty falls back;       200; CDN-Cache-Control: | Cache-Control: max-age=3600;                     3; ; ; yes
            extension;              200; CDN-Cache-Control: foobar, max-age=3600;                              3; ; ; yes
            """;

    /** Sections 5.2.1, 5.4 and 3.5. */
    private static final String REQUESTS = """
            max-age 0;           200; Cache-Control: max-age=3600;              3; ; Cache-Control: max-age=0; no
            max-age 1;           200; Cache-Control: max-age=3600;              3; ; Cache-Control: max-age=1; no
            max-age enough;      200; Cache-Control: max-age=3600;              3; ; Cache-Control: max-age=3; yes
            max-age, aged;       200; Cache-Control: max-age=3600 | Age: 1800;  0; ; Cache-Control: max-age=600; no
            max-stale;           200; Cache-Control: max-age=1;                 3; ; Cache-Control: max-stale=1000; yes
            max-stale, aged;     200; Cache-Control: max-age=1500 | Age: 2000;  0; ; Cache-Control: max-stale=1000; yes
            min-fresh;           200; Cache-Control: max-age=1500;              0; ; Cache-Control: min-fresh=2000; no
            min-fresh, aged;     200; Cache-Control: max-age=1500 | Age: 1000;  0; ; Cache-Control: min-fresh=1000; no
            no-cache;            200; Cache-Control: max-age=3600 | ETag: "a";  0; ; Cache-Control: no-cache; no
            no-store at first;   200; Cache-Control: max-age=3600;              0; Cache-Control: no-store; ; no
            Pragma;              200; Cache-Control: max-age=3600;              0; ; Pragma: no-cache; no
            Pragma, unknown;     200; Cache-Control: max-age=3600;              0; ; Pragma: unrecognised-extension; yes
            authorization;       200; Expires: @1000 | Date: @0;                0; Authorization: FOO; ; no
            must-revalidate;     200; Cache-Control: max-age=3600, must-revalidate; 0; Authorization: FOO; ; yes
            public;              200; Cache-Control: max-age=3600, public;      0; Authorization: FOO; ; yes
            s-maxage;            200; Cache-Control: s-maxage=3600;             0; Authorization: FOO; ; yes
            """;

    @TestFactory
    Stream<DynamicTest> freshness() {
        return rows(FRESHNESS);
    }

    @TestFactory
    Stream<DynamicTest> parsing() {
        return rows(PARSING);
    }

    @TestFactory
    Stream<DynamicTest> age() {
        return rows(AGE);
    }

    @TestFactory
    Stream<DynamicTest> status() {
        return rows(STATUS);
    }

    @TestFactory
    Stream<DynamicTest> vary() {
        return rows(VARY);
    }

    @TestFactory
    Stream<DynamicTest> targeted() {
        return rows(TARGETED);
    }

    @TestFactory
    Stream<DynamicTest> requests() {
        return rows(REQUESTS);
    }

    private static Stream<DynamicTest> rows(String table) {
        return table.lines().map(line -> {
            String[] cells = line.split(";", -1);
            assertEquals(7, cells.length, line);
            return dynamicTest(cells[0].trim(), () -> row(cells));
        });
    }

    private static void row(String[] cells) {
        Reply reply = new Reply(Integer.parseInt(cells[1].trim()), fields(cells[2]), "body");
        ModelCache cache = new ModelCache(Rules.STANDARD, (method, target, fields) -> reply);
        cache.now = 1000 * START;
        cache.get("/", pairs(fields(cells[4])));
        cache.pass(Double.parseDouble(cells[3].trim()));
        Fields.Builder second = fields(cells[4]).toBuilder().addAll(fields(cells[5]));
        boolean cached = cache.get("/", pairs(second.build())).cached();
        assertEquals(cells[6].trim(), cached ? "yes" : "no");
    }

    private static String[] pairs(Fields fields) {
        String[] pairs = new String[2 * fields.size()];
        for (int i = 0; i < fields.size(); i++) {
            pairs[2 * i] = fields.name(i);
            pairs[2 * i + 1] = fields.value(i);
        }
        return pairs;
    }

    private static Fields fields(String text) {
        Fields.Builder fields = Fields.builder();
        for (String line : text.isBlank() ? new String[0] : text.split("\\|", -1)) {
            String value = line.substring(line.indexOf(':') + 1).trim().replace('\u0001', ';');
            if (value.startsWith("@")) {
                value = HttpDate.format(START + Long.parseLong(value.substring(1)));
            }
            fields.add(line.substring(0, line.indexOf(':')).trim(), value);
        }
        return fields.build();
    }
}
