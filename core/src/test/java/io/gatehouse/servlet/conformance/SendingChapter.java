/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.Cookie;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5.5 (convenience methods): {@code sendRedirect} in its forms, and {@code sendError} without error pages. */
interface SendingChapter extends Chapter {

    @Section("HttpServletResponse.sendRedirect")
    @ParameterizedTest
    @CsvSource({
        "http://other/x,http://other/x",
        "https://other:8443/x?y#z,https://other:8443/x?y#z",
        "/root,http://test/root",
        "sibling,http://test/app/case/sibling",
        "deep/er,http://test/app/case/deep/er",
        "../up,http://test/app/up",
        "./here,http://test/app/case/here",
        "?q=1,http://test/app/case/path?q=1",
        "//other/x,http://other/x",
        "'',http://test/app/case/path",
        "/a%20b?c=%26,http://test/a%20b?c=%26",
    })
    default void locationsAreRelativeToTheRequest(String location, String expected) throws Exception {
        Reply reply = get((request, response) -> {
            response.sendRedirect(location);
            assertTrue(response.isCommitted());
        });
        assertEquals(302, reply.status());
        assertEquals(expected, URI.create("http://test/app/case/path").resolve(reply.field("Location")).toString());
    }

    @Section("HttpServletResponse.sendRedirect(String, int)")
    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    default void theStatusOfARedirectCanBeChosen(int status) throws Exception {
        Reply reply = get((request, response) -> response.sendRedirect("/x", status));
        assertEquals(status, reply.status());
        assertTrue(reply.field("Location").endsWith("/x"));
    }

    @Section("HttpServletResponse.sendRedirect(String, boolean)")
    @Test
    default void theBufferCanBeKept() throws Exception {
        Reply reply = get((request, response) -> {
            response.setContentType("text/plain");
            response.getWriter().print("kept");
            response.getWriter().flush();
        });
        assertEquals("kept", reply.text());
        reply = get((request, response) -> {
            response.getWriter().print("kept");
            response.sendRedirect("/x", false);
        });
        assertEquals(302, reply.status());
        assertEquals("kept", reply.text());
        reply = get((request, response) -> {
            response.getWriter().print("cleared");
            response.sendRedirect("/x", 303, true);
        });
        assertEquals(303, reply.status());
        assertFalse(reply.text().contains("cleared"));
        reply = get((request, response) -> {
            response.getWriter().print("kept");
            response.sendRedirect("/x", 307, false);
        });
        assertEquals(307, reply.status());
        assertEquals("kept", reply.text());
    }

    @Section("HttpServletResponse.sendRedirect")
    @Test
    default void aRedirectClearsWhatWasWritten() throws Exception {
        Reply reply = get((request, response) -> {
            response.getWriter().print("cleared");
            response.setHeader("X-Kept", "1");
            response.addCookie(new Cookie("kept", "1"));
            response.sendRedirect("/x");
            response.getWriter().print("dropped");
        });
        assertFalse(reply.text().contains("cleared") || reply.text().contains("dropped"), reply.text());
        assertEquals("1", reply.field("X-Kept"));
        assertEquals("kept=1", reply.field("Set-Cookie"));
    }

    @Section("HttpServletResponse.sendRedirect")
    @Test
    default void aRedirectAfterTheCommitIsRefused() throws Exception {
        get((request, response) -> {
            response.flushBuffer();
            assertThrows(IllegalStateException.class, () -> response.sendRedirect("/x"));
        });
    }

    @Section("HttpServletResponse.sendRedirect")
    @Test
    default void aRedirectToNowhereIsRefused() throws Exception {
        get((request, response) -> assertThrows(IllegalArgumentException.class, () -> response.sendRedirect(null)));
    }

    @Section("HttpServletResponse.sendRedirect")
    @Test
    default void aRedirectCanNotAddFields() throws Exception {
        Reply reply = site().failing((request, response) -> response.sendRedirect("/x\r\nX-Evil: 1"), null, "GET /app/case");
        assertFalse(reply.has("X-Evil"));
    }

    @Section("HttpServletResponse.sendError")
    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 418, 500, 503})
    default void anErrorHasItsStatusAndAPage(int status) throws Exception {
        Reply reply = get((request, response) -> {
            response.sendError(status);
            assertTrue(response.isCommitted());
            assertEquals(status, response.getStatus());
        });
        assertEquals(status, reply.status());
        assertTrue(reply.field("Content-Type").startsWith("text/html"), reply.field("Content-Type"));
        assertTrue(reply.text().contains(Integer.toString(status)));
    }

    @Section("HttpServletResponse.sendError(int, String)")
    @Test
    default void theMessageIsEscaped() throws Exception {
        Reply reply = get((request, response) -> response.sendError(404, "<script>alert(1)</script> & so"));
        assertFalse(reply.text().contains("<script>"), reply.text());
        assertTrue(reply.text().contains("alert(1)"), reply.text());
    }

    @Section("HttpServletResponse.sendError")
    @Test
    default void anErrorClearsBodyAndItsFieldsAndKeepsCookies() throws Exception {
        Reply reply = get((request, response) -> {
            response.getWriter().print("cleared");
            response.setContentType("application/json");
            response.setHeader("Content-Encoding", "gzip");
            response.setHeader("ETag", "\"1\"");
            response.addCookie(new Cookie("kept", "1"));
            response.sendError(400);
            response.getWriter().print("dropped");
        });
        assertFalse(reply.text().contains("cleared") || reply.text().contains("dropped"), reply.text());
        assertFalse(reply.has("Content-Encoding") || reply.has("ETag"));
        assertEquals("kept=1", reply.field("Set-Cookie"));
    }

    @Section("HttpServletResponse.sendError")
    @Test
    default void anErrorAfterTheCommitIsRefused() throws Exception {
        Reply reply = get((request, response) -> {
            response.getWriter().print("sent");
            response.flushBuffer();
            assertThrows(IllegalStateException.class, () -> response.sendError(500));
            assertThrows(IllegalStateException.class, () -> response.sendError(500, "x"));
        });
        assertEquals(200, reply.status());
        assertEquals("sent", reply.text());
    }

    @Section("HttpServletResponse.sendError")
    @Test
    default void aSecondErrorIsRefused() throws Exception {
        Reply reply = get((request, response) -> {
            response.sendError(404);
            assertThrows(IllegalStateException.class, () -> response.sendError(500));
            assertThrows(IllegalStateException.class, () -> response.sendRedirect("/x"));
            assertThrows(IllegalStateException.class, response::reset);
        });
        assertEquals(404, reply.status());
    }

    @Section("HttpServletResponse.sendError")
    @Test
    default void theErrorOfAHeadHasNoBody() throws Exception {
        Reply reply = site().run((request, response) -> response.sendError(404), "HEAD /app/case");
        assertEquals(404, reply.status());
        assertEquals("fine", get((request, response) -> response.getWriter().print("fine")).text());
    }

    @Section("HttpServletResponse.setStatus")
    @Test
    default void aStatusOfAnErrorIsNoErrorPage() throws Exception {
        Reply reply = get((request, response) -> {
            response.setStatus(404);
            response.getWriter().print("own");
        });
        assertEquals(404, reply.status());
        assertEquals("own", reply.text());
    }

    @Section("10.9.2")
    @ParameterizedTest
    @CsvSource({"java.lang.IllegalStateException,500", "java.io.IOException,500", "java.lang.StackOverflowError,500",
        "java.lang.OutOfMemoryError,500", "jakarta.servlet.ServletException,500", "java.lang.NoClassDefFoundError,500"})
    default void whatAServletThrowsIsAnError(Class<? extends Throwable> type, int status) throws Exception {
        Throwable failure = type.getConstructor(String.class).newInstance("the secret");
        Reply reply = site().failing((request, response) -> {
            response.getWriter().print("cleared");
            throwIt(failure);
        }, null, "GET /app/case");
        assertEquals(status, reply.status());
        assertFalse(reply.text().contains("cleared") || reply.text().contains("secret"), reply.text());
        assertEquals("fine", get((request, response) -> response.getWriter().print("fine")).text());
    }

    @Section("10.9.2")
    @Test
    default void anExceptionAfterTheCommitCutsTheAnswer() throws Exception {
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("GET /app/case", site().caseField((request, response) -> {
                response.getWriter().print("sent");
                response.flushBuffer();
                throw new IllegalStateException("broken");
            })));
            assertThrows(java.io.IOException.class, () -> wire.reply(false));
        }
    }

    private static void throwIt(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }
}
