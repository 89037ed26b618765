/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The API that the example site's {@code openapi.json} describes: lists words of welcome, greets by name, learns new
 * words.
 *
 * <p>To be mapped to {@code /*} of a prefix. Thread-safe, as every servlet must be.
 */
public final class GreetingServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}");
    private static final int LONGEST_WORD = 40;
    private static final int MOST_LANGUAGES = 100;

    private final ConcurrentSkipListMap<String, String> words =
            new ConcurrentSkipListMap<>(Map.of("de", "Guten Tag", "en", "Hello", "es", "Hola", "fr", "Bonjour"));

    /** {@code /} lists the words; {@code /NAME?language=en} greets. */
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String name = name(request);
        if (name.isEmpty()) {
            String all = words.entrySet().stream()
                    .map(word -> quote(word.getKey()) + ": " + quote(word.getValue()))
                    .collect(Collectors.joining(", ", "{", "}\n"));
            send(response, HttpServletResponse.SC_OK, all);
            return;
        }
        String language = orElse(request.getParameter("language"), "en");
        String word = words.get(language);
        if (word == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND, "No word is known for this language");
            return;
        }
        send(response, HttpServletResponse.SC_OK, "{\"greeting\": " + quote(word + ", " + name + '!')
                + ", \"language\": " + quote(language) + "}\n");
    }

    /** A form with {@code language} and {@code word} teaches a word. */
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String language = orElse(request.getParameter("language"), "");
        String word = orElse(request.getParameter("word"), "").strip();
        if (!LANGUAGE.matcher(language).matches() || word.isEmpty() || word.length() > LONGEST_WORD) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "language takes two or three letters a-z, word 1 to "
                    + LONGEST_WORD + " characters");
            return;
        }
        if (words.size() >= MOST_LANGUAGES && !words.containsKey(language)) {
            response.sendError(HttpServletResponse.SC_CONFLICT, MOST_LANGUAGES + " languages must do");
            return;
        }
        words.put(language, word);
        response.setHeader("Location", request.getRequestURI() + "/you?language=" + language);
        send(response, HttpServletResponse.SC_CREATED, "{" + quote(language) + ": " + quote(word) + "}\n");
    }

    private static String name(HttpServletRequest request) {
        String path = orElse(request.getPathInfo(), "/");
        return path.substring(1);
    }

    private static void send(HttpServletResponse response, int status, String json) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.getWriter().print(json);
    }

    /** A JSON string (RFC 8259 section 7). */
    private static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    private static String orElse(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }
}
