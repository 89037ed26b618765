/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http1.FieldRules;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** Field sections in Jetty's words and ours. */
final class JettyFields {
    private JettyFields() {}

    /** Adds all fields but those of the framing and of the connection (RFC 9110 section 7.6.1), which are the transport's. */
    static void copy(Fields from, HttpFields.Mutable into) {
        boolean named = false;
        for (int i = 0; i < from.size(); i++) {
            named |= from.name(i).equalsIgnoreCase("Connection");
        }
        for (int i = 0; i < from.size(); i++) {
            String name = from.name(i);
            if (isTransports(name) || named && from.lists("Connection", name)) {
                continue;
            }
            HttpField field = new HttpField(name, from.value(i));
            if (name.equalsIgnoreCase("Date")) {
                into.put(field);
            } else {
                into.add(field);
            }
        }
    }

    /** As {@link #copy}, into new ones. */
    static HttpFields copied(Fields from) {
        HttpFields.Mutable into = HttpFields.build();
        copy(from, into);
        return into;
    }

    /** A trailer section, without the fields that may not come in one (RFC 9110 section 6.5.1). */
    static HttpFields trailers(Fields given) {
        Fields fields = FieldRules.trailers(given);
        HttpFields.Mutable into = HttpFields.build();
        for (int i = 0; i < fields.size(); i++) {
            into.add(new HttpField(fields.name(i), fields.value(i)));
        }
        return into;
    }

    static Fields from(@Nullable HttpFields fields) {
        Fields.Builder into = Fields.builder();
        if (fields != null) {
            for (HttpField field : fields) {
                String value = field.getValue();
                into.add(field.getName(), value == null ? "" : FieldSyntax.trim(value));
            }
        }
        return into.build();
    }

    private static boolean isTransports(String name) {
        return switch (name.length()) {
            case 2 -> name.equalsIgnoreCase("TE");
            case 7 -> name.equalsIgnoreCase("Upgrade");
            case 10 -> name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Keep-Alive");
            case 14 -> name.equalsIgnoreCase("Content-Length");
            case 16 -> name.equalsIgnoreCase("Proxy-Connection");
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
            default -> false;
        };
    }
}
