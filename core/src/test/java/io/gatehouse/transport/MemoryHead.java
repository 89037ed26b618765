/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.RequestHead;
import java.util.List;

/**
 * A request's head read from text, strictly, and what it says of the body.
 *
 * @param length of the body; -1 if it is chunked
 */
record MemoryHead(RequestHead head, long length, boolean keep, boolean expectsContinue) {

    /** Reads a head without its empty line. */
    static MemoryHead parse(String text, Limits limits) throws RefusedException {
        String[] lines = text.split("\r\n", -1);
        if (lines.length - 1 > limits.fields()) {
            throw new RefusedException(Refusal.FIELD_COUNT, "more fields than limits.fields=" + limits.fields());
        }
        String[] line = lines[0].split(" ", -1);
        check(line.length == 3 && FieldSyntax.isToken(line[0]), Refusal.SYNTAX, "the request line is not method, target, version");
        HttpVersion version = line[2].equals("HTTP/1.1") ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
        check(line[2].matches("HTTP/[0-9]\\.[0-9]"), Refusal.SYNTAX, "the version is none");
        check(line[2].equals(version.toString()), Refusal.VERSION, "speak HTTP/1.1");
        Fields.Builder builder = Fields.builder();
        for (int i = 1; i < lines.length; i++) {
            field(lines[i], builder);
        }
        Fields fields = builder.build();
        Authority authority = authority(line[0], line[1], version, fields);
        boolean close = fields.lists("Connection", "close");
        boolean keep = !close && (version == HttpVersion.HTTP_1_1 || fields.lists("Connection", "keep-alive"));
        long length = length(version, fields);
        String expect = fields.joined("Expect");
        boolean modern = version == HttpVersion.HTTP_1_1;
        check(expect == null || !modern || expect.equalsIgnoreCase("100-continue"), Refusal.EXPECTATION, "expect 100-continue alone");
        return new MemoryHead(new RequestHead(line[0], "http", authority, line[1], version, fields), length, keep,
                expect != null && modern && length != 0);
    }

    /** Reads one field line. */
    static void field(String line, Fields.Builder into) throws RefusedException {
        int colon = line.indexOf(':');
        check(colon > 0 && FieldSyntax.isToken(line.substring(0, colon)), Refusal.SYNTAX, "a field's name is no token");
        for (int i = colon + 1; i < line.length(); i++) {
            check(FieldSyntax.isValueChar(line.charAt(i)), Refusal.SYNTAX, "a field's value has a control character");
        }
        into.add(line.substring(0, colon), line.substring(colon + 1));
    }

    private static Authority authority(String method, String target, HttpVersion version, Fields fields) throws RefusedException {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            check(c > ' ' && c != 127 && c != '#', Refusal.SYNTAX, "the target has a character that must be encoded");
        }
        List<String> hosts = fields.all("Host");
        check(hosts.size() == 1 || hosts.isEmpty() && version == HttpVersion.HTTP_1_0, Refusal.HOST, "send one Host");
        Authority host = hosts.isEmpty() || hosts.get(0).isEmpty() ? null : Authority.parse(hosts.get(0));
        check(host != null || hosts.isEmpty() || hosts.get(0).isEmpty(), Refusal.HOST, "the Host is none");
        if (target.startsWith("http://")) {
            Authority named = Authority.parse(target.substring(7).split("[/?]", 2)[0]);
            check(named != null, Refusal.HOST, "the target names no host");
            check(host == null || named.host().equals(host.host()) && named.portOr("http") == host.portOr("http"),
                    Refusal.HOST, "the Host contradicts the target");
            return named;
        }
        check(target.startsWith("/") || target.equals("*") && method.equals("OPTIONS"), Refusal.SYNTAX, "the target is none");
        return host;
    }

    private static long length(HttpVersion version, Fields fields) throws RefusedException {
        List<String> lengths = fields.all("Content-Length");
        List<String> codings = fields.all("Transfer-Encoding");
        if (!codings.isEmpty()) {
            check(lengths.isEmpty() && version == HttpVersion.HTTP_1_1, Refusal.FRAMING, "send one framing");
            check(codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked"), Refusal.UNSUPPORTED, "send chunked alone");
            return -1;
        }
        if (lengths.isEmpty()) {
            return 0;
        }
        check(lengths.size() == 1 && lengths.get(0).matches("[0-9]{1,18}"), Refusal.FRAMING, "send one Content-Length");
        return Long.parseLong(lengths.get(0));
    }

    private static void check(boolean fine, Refusal refusal, String detail) throws RefusedException {
        if (!fine) {
            throw new RefusedException(refusal, detail);
        }
    }
}
