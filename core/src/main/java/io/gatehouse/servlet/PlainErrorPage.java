/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.Status;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The page for an error that the application has none for: a status, its name and a text, escaped; no stack trace. */
final class PlainErrorPage {

    private PlainErrorPage() {}

    static byte[] of(int status, @Nullable String text) {
        String title = status + " " + phrase(status);
        StringBuilder page = new StringBuilder(256)
                .append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(title)
                .append("</title></head>\n<body><h1>")
                .append(title)
                .append("</h1>\n");
        if (text != null && !text.isEmpty()) {
            page.append("<p>");
            escape(page, text);
            page.append("</p>\n");
        }
        return page.append("</body></html>\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void escape(StringBuilder out, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
    }

    private static String phrase(int status) {
        String reason = Status.reason(status);
        return !reason.isEmpty() ? reason : status < 500 ? "Error" : "Server Error";
    }
}
