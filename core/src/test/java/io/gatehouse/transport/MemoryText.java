/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.http.Field;
import io.gatehouse.http.ResponseHead;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.TreeSet;

/** What the memory transport writes of a head. */
final class MemoryText {
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade", "content-length");

    private MemoryText() {}

    static String date() {
        return "Date: " + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)) + "\r\n";
    }

    /** A head's text, without the fields that belong to the connection, and with those given. */
    static String head(ResponseHead head, String framing) {
        Set<String> left = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        left.addAll(HOP_BY_HOP);
        head.fields().all("Connection").forEach(names -> left.addAll(Set.of(names.trim().split("\\s*,\\s*"))));
        StringBuilder text = new StringBuilder("HTTP/1.1 ").append(head.status()).append(" \r\n").append(framing);
        for (Field field : head.fields()) {
            if (!left.contains(field.name())) {
                text.append(field.name()).append(": ").append(field.value()).append("\r\n");
            }
        }
        return text.append("\r\n").toString();
    }
}
