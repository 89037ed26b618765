/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 3.1: parameters of query and form. */
@ExtendWith(Undeploy.class)
final class ParametersTest {

    private static String answer(Servlets.Action action, Consumer<Call> with) throws Exception {
        Call call = Call.of(Servlets.app(action), "POST", "/p?q=1");
        with.accept(call);
        MemoryResponse response = call.send();
        assertEquals(200, response.status(), response.text());
        return response.text();
    }

    private static String params(HttpServletRequest q) {
        StringJoiner out = new StringJoiner(" ");
        q.getParameterMap().forEach((name, values) -> out.add(name + "=" + List.of(values)));
        return out.toString();
    }

    private static MemoryResponse paramsOf(ServletLimits limits, String target, Consumer<Call> with) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().limits(limits).servlet("s",
                Servlets.servlet((q, r) -> {
                    r.setCharacterEncoding("UTF-8");
                    r.getWriter().print(params(q));
                }), "/*"));
        Call call = Call.of(app, "POST", target);
        with.accept(call);
        return call.send();
    }

    @ParameterizedTest(name = "3.1: ?{0} and form {1} are {2}")
    @CsvSource(value = {
        "a=hello|a=goodbye&a=world|a=[hello, goodbye, world]",
        "a|''|a=[]", "a=|''|a=[]", "a=1&&b=2|''|a=[1] b=[2]", "=x|''|=[x]", "a=b=c|''|a=[b=c]",
        "a=1+2%2B3|''|a=[1 2+3]", "%C3%A4=%E2%82%AC|x=%C3%BC|ä=[€] x=[ü]", "a=1;b=2|''|a=[1;b=2]",
        "''|a=1&b=2&a=3|a=[1, 3] b=[2]",
    }, delimiter = '|')
    void parameters(String query, String form, String expected) throws Exception {
        MemoryResponse got = paramsOf(ServletLimits.DEFAULT, "/p" + (query.isEmpty() ? "" : "?" + query),
                call -> call.form(form));
        assertEquals(expected, got.text());
    }

    @ParameterizedTest(name = "3.1: a broken parameter {0} is a 400")
    @ValueSource(strings = {"a=%", "a=%4", "a=%zz", "%C3=x", "a=%C3%28", "a=%ff"})
    void brokenParameters(String query) throws Exception {
        MemoryResponse got = paramsOf(ServletLimits.DEFAULT, "/p?" + query, call -> {});
        assertEquals(400, got.status());
        assertTrue(got.text().contains("query"), got.text());
    }

    @Test
    @DisplayName("3.1.1: a form is read only from a POST of its type, and only if nobody read the body before")
    void whenFormsAreRead() throws Exception {
        assertEquals("q=[1]", answer((q, r) -> r.getWriter().print(params(q)),
                call -> call.field("Content-Type", "text/plain").body("a=1")));
        assertEquals("q=[1] a=1", answer((q, r) -> {
            q.getInputStream();
            r.getWriter().print(params(q) + " " + new String(q.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8));
        }, call -> call.form("a=1")));
        assertEquals("q=[1] a=[1]|-1", answer((q, r) ->
                r.getWriter().print(params(q) + "|" + q.getInputStream().read()), call -> call.form("a=1")));
        assertEquals("q=[1] a=[1]", answer((q, r) -> r.getWriter().print(params(q)), call -> call
                .field("Content-Type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8").body("a=1").chunked()));
        ServletApplication app = Servlets.app((q, r) -> r.getWriter().print(params(q)));
        assertEquals("", Call.of(app, "PUT", "/p").form("a=1").send().text());
    }

    @Test
    @DisplayName("3.12: the form's charset: as set, as sent, as the application's, else UTF-8")
    void formCharset() throws Exception {
        Servlets.Action plain = (q, r) -> {
            r.setCharacterEncoding("UTF-8");
            r.getWriter().print(q.getParameter("a"));
        };
        assertEquals("ü", answer(plain, call -> call.form("a=%C3%BC")));
        assertEquals("ü", answer(plain, call -> call
                .field("Content-Type", "application/x-www-form-urlencoded;charset=ISO-8859-1").body("a=%FC")));
        assertEquals("ü", answer((q, r) -> {
            q.setCharacterEncoding("ISO-8859-1");
            plain.run(q, r);
            q.setCharacterEncoding("UTF-8");
            assertEquals("ISO-8859-1", q.getCharacterEncoding(), "too late to change");
        }, call -> call.form("a=%FC")));
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .requestEncoding(StandardCharsets.ISO_8859_1).servlet("s", Servlets.servlet(plain), "/*"));
        assertEquals("ü", Call.of(app, "POST", "/").form("a=%FC").send().text());
        assertEquals(415, Call.of(Servlets.app(plain), "POST", "/")
                .field("Content-Type", "application/x-www-form-urlencoded; charset=x-none")
                .body("a=b").send().status());
    }

    @Test
    @DisplayName("limits: parameters and formBytes have a name in the refusal")
    void parameterLimits() throws Exception {
        ServletLimits few = ServletLimits.DEFAULT.withParameters(3);
        assertEquals(200, paramsOf(few, "/?a&b", call -> call.form("c")).status());
        MemoryResponse many = paramsOf(few, "/?a&b", call -> call.form("c&d"));
        assertEquals(400, many.status());
        assertTrue(many.text().contains("limit parameters"), many.text());
        ServletLimits small = ServletLimits.DEFAULT.withFormBytes(10);
        assertEquals(200, paramsOf(small, "/", call -> call.form("a=12345678")).status());
        assertEquals(413, paramsOf(small, "/", call -> call.form("a=123456789")).status());
        MemoryResponse chunked = paramsOf(small, "/", call -> call.form("a=123456789").chunked());
        assertEquals(413, chunked.status());
        assertTrue(chunked.text().contains("limit formBytes"), chunked.text());
    }

    @Test
    @DisplayName("limits: a hundred thousand parameters and colliding names are refused quickly")
    void parameterBomb() throws Exception {
        StringBuilder bomb = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            bomb.append("Aa".repeat(i % 3)).append("BB=&");
        }
        assertEquals(400, paramsOf(ServletLimits.DEFAULT, "/", call -> call.form(bomb.toString())).status());
    }

    @Test
    @DisplayName("3.1: getParameter methods agree with each other; the map can't be changed")
    void parameterMethods() throws Exception {
        answer((q, r) -> {
            assertEquals("1", q.getParameter("a"));
            assertNull(q.getParameter("b"));
            assertEquals(List.of("1", "2"), List.of(q.getParameterValues("a")));
            assertNull(q.getParameterValues("b"));
            q.getParameterValues("a")[0] = "changed";
            assertEquals("1", q.getParameter("a"));
            assertEquals(List.of("q", "a"), Collections.list(q.getParameterNames()));
            assertThrows(UnsupportedOperationException.class, () -> q.getParameterMap().clear());
        }, call -> call.form("a=1&a=2"));
    }
}
