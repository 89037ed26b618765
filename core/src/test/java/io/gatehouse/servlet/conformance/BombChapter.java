/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.ServletLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are made to hurt: refused within limits that have names, and nothing else is harmed. */
interface BombChapter extends Chapter {

    private Reply form(String body) throws Exception {
        return site().failing((request, response) ->
                response.getWriter().print(request.getParameterMap().size()), null,
                "POST /app/case", ParametersChapter.FORM, "", body);
    }

    /** The next request is answered. */
    private void assertHealthy() throws Exception {
        assertEquals("fine", get((request, response) -> response.getWriter().print("fine")).text());
    }

    private static String parts(int count, String header) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < count; i++) {
            body.append("--b\r\nContent-Disposition: form-data; name=\"n").append(i).append("\"\r\n").append(header)
                    .append("\r\nv\r\n");
        }
        return body.append("--b--\r\n").toString();
    }

    private Reply multipart(String body) throws Exception {
        return site().failing((request, response) -> response.getWriter().print(request.getParts().size()), null,
                "POST /app/case", "Content-Type: multipart/form-data; boundary=b", "", body);
    }

    @Section("limits: parameters")
    @ParameterizedTest
    @ValueSource(ints = {1_001, 10_000, 100_000})
    default void tooManyParametersAreRefused(int count) throws Exception {
        Reply reply = form("a&".repeat(count));
        assertEquals(400, reply.status());
        assertTrue(reply.text().contains("parameters"), reply.text());
        assertHealthy();
    }

    @Section("limits: parameters")
    @Test
    default void asManyParametersAsAllowedAreRead() throws Exception {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < ServletLimits.DEFAULT.parameters(); i++) {
            body.append("n").append(i).append("=v&");
        }
        assertEquals("1000", form(body.toString()).text());
    }

    /** Names of one hash: each pair of Aa and BB has the same. */
    private static List<String> colliding(int bits) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 1 << bits; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < bits; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            names.add(name.toString());
        }
        return names;
    }

    @Section("limits: hash collisions")
    @Test
    default void namesOfOneHashAreReadAllTheSame() throws Exception {
        List<String> names = colliding(9);
        assertEquals(1, names.stream().map(String::hashCode).distinct().count());
        assertEquals("512", form(String.join("=1&", names)).text());
        assertEquals(400, form(String.join("=1&", colliding(12))).status());
    }

    @Section("limits: formBytes")
    @Test
    default void aFormThatIsTooLongIsRefused() throws Exception {
        Reply reply = form("a=" + "x".repeat(3 << 20));
        assertEquals(413, reply.status());
        assertTrue(reply.text().contains("formBytes"), reply.text());
        assertHealthy();
    }

    @Section("limits: formBytes")
    @Test
    default void aChunkedFormThatIsTooLongIsRefused() throws Exception {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        Reply reply = site().failing((request, response) -> request.getParameter("a"), null, "POST /app/case",
                ParametersChapter.FORM, "Transfer-Encoding: chunked", "", chunk.repeat(40) + "0\r\n\r\n");
        assertEquals(413, reply.status());
    }

    @Section("limits: parts")
    @ParameterizedTest
    @ValueSource(ints = {101, 250})
    default void tooManyPartsAreRefused(int count) throws Exception {
        Reply reply = multipart(parts(count, ""));
        assertEquals(413, reply.status());
        assertTrue(reply.text().contains("parts"), reply.text());
        assertHealthy();
    }

    @Section("limits: parts")
    @Test
    default void asManyPartsAsAllowedAreRead() throws Exception {
        assertEquals("100", multipart(parts(100, "")).text());
    }

    @Section("limits: partHeaderBytes")
    @ParameterizedTest
    @ValueSource(strings = {"one", "many"})
    default void aPartsHeaderThatIsTooLongIsRefused(String how) throws Exception {
        String header = how.equals("one") ? "X-Long: " + "x".repeat(9_000) + "\r\n" : "X-A: b\r\n".repeat(1_200);
        Reply reply = multipart(parts(1, header));
        assertTrue(reply.status() == 400 || reply.status() == 413, "status " + reply.status());
    }

    @Section("limits: multipart")
    @ParameterizedTest
    @ValueSource(strings = {"", "--b", "--b\r\n", "--b\r\nX", "--b\r\n\r\nv\r\n--b--", "--b\r\nContent-Disposition: form-data\r\n\r\nv\r\n--b--",
        "--c\r\n\r\n--c--", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nunfinished"})
    default void brokenMultipartBodiesAreRefused(String body) throws Exception {
        assertEquals(400, multipart(body).status());
    }

    @Section("limits: multipart")
    @Test
    default void aMultipartBodyWithoutABoundaryIsRefused() throws Exception {
        Reply reply = site().failing((request, response) -> request.getParts(), null,
                "POST /app/case", "Content-Type: multipart/form-data", "", "--b--");
        assertEquals(400, reply.status());
    }

    @Section("limits: cookies")
    @Test
    default void moreCookiesThanAllowedAreSkipped() throws Exception {
        run((request, response) -> assertEquals(ServletLimits.DEFAULT.cookies(), request.getCookies().length),
                "GET /app/case", "Cookie: " + "a=1; ".repeat(1_000) + "b=2");
    }

    @Section("limits: cookies")
    @ParameterizedTest
    @ValueSource(strings = {"=", ";;;;;;", "a", "a=\"", "\"=\"", "a b=c", "a=\u0080", "=;=;=;a=1", "a=1,b=2", "$Version=1; $Path"})
    default void malformedCookiesHarmNobody(String line) throws Exception {
        run((request, response) -> {
            boolean found = false;
            for (var cookie : request.getCookies()) {
                found |= cookie.getName().equals("good") && cookie.getValue().equals("1");
            }
            assertTrue(found);
        }, "GET /app/case", "Cookie: " + line, "Cookie: good=1");
    }

    @Section("limits: paths")
    @Test
    default void deepPathsAreMappedOrRefused() throws Exception {
        run((request, response) -> assertEquals(6_000, request.getPathInfo().length()),
                "GET /app/case" + "/a".repeat(3_000));
        assertEquals(414, site().ask("GET /app/case" + "/a".repeat(30_000)).status());
        assertEquals(400, site().ask("GET /app/case" + "/..".repeat(2_000)).status());
        run((request, response) -> assertEquals("/x", request.getPathInfo()),
                "GET /app/case" + "/a/..".repeat(1_000) + "/x");
    }

    @Section("3.5.2")
    @ParameterizedTest
    @ValueSource(strings = {"%", "%1", "%zz", "%ff", "%c0%80", "%c0%af", "%e0%80%af", "%ed%a0%80", "%f4%90%80%80", "%00", "%0d%0a", "%7f"})
    default void malformedEncodingsInAPathAreRefused(String text) throws Exception {
        assertEquals(400, site().ask("GET /app/case/" + text).status());
    }

    @Section("ServletRequest.getParameter")
    @ParameterizedTest
    @ValueSource(strings = {"%", "%1", "%zz", "%ff", "%c0%80", "%c0%af", "%e0%80%af", "%ed%a0%80", "%f4%90%80%80"})
    default void malformedEncodingsInAFormAreRefused(String text) throws Exception {
        assertEquals(400, form("a=" + text).status());
        assertEquals(400, form(text + "=a").status());
    }

    @Section("limits: sessions")
    @Test
    default void tooManySessionsAreRefused() throws Exception {
        try (ContractSite site = open(app("/sessions").limits(ServletLimits.DEFAULT.withSessions(3))
                .servlet("main", Case.servlet((request, response) -> request.getSession()), "/*"))) {
            String id = site.ask("GET /sessions/").session();
            site.ask("GET /sessions/");
            site.ask("GET /sessions/");
            assertEquals(503, site.ask("GET /sessions/").status());
            assertEquals(200, site.ask("GET /sessions/", "Cookie: JSESSIONID=" + id).status());
        }
    }

    @Section("limits: lengths")
    @ParameterizedTest
    @CsvSource({"99999999999999999999", "-1", "1e3", "0x10", "'1, 2'"})
    default void lengthsThatAreNoneAreRefused(String length) throws Exception {
        assertEquals(400, site().ask("POST /app/case", "Content-Length: " + length, "", "").status());
    }

    @Section("ServletRequest.getContentLength")
    @Test
    default void aLengthThatIsLargerThanAnIntIsToldAsALong() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/large").servlet("main", Case.servlet((request, response) ->
                notes.add(request.getContentLength() + "/" + request.getContentLengthLong())), "/*"))) {
            // Larger than limits.body: refused before any servlet sees it.
            assertEquals(413, site.ask("POST /large/", "Content-Length: 5000000000", "", "").status());
        }
        notes.expect("");
    }

    @Section("limits: chunks")
    @Test
    default void manySmallChunksAreOneBody() throws Exception {
        run((request, response) -> assertEquals(20_000, request.getInputStream().readAllBytes().length),
                "POST /app/case", "Transfer-Encoding: chunked", "", "1\r\nx\r\n".repeat(20_000) + "0\r\n\r\n");
    }
}
