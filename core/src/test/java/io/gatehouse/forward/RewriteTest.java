/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Places that an answer names, as its target knows them and as its client does. */
@Timeout(60)
final class RewriteTest {

    private static final HomewardRules RULES = new HomewardRules(true, UpgradeRules.DEFAULTS);

    private static String rewritten(String origin, String prefix, String field, String value) {
        ClientRequest request = ClientRequest.get(prefix + "x").prefix(prefix);
        Authority host = Objects.requireNonNull(Authority.parse("public.example:8080"));
        Fields fields = RULES.fields(ResponseHead.of(302, field, value), request, Origin.parse(origin), host);
        assertEquals(1, fields.size());
        assertEquals(field, fields.name(0));
        return fields.value(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // the target's own, by each of its names
        "http://app:9000/in/|http://app:9000/in/a?b#c|/out/a?b#c",
        "http://app:9000/in/|http://APP:9000/in/|/out/",
        "http://app:9000/in/|http://app:9000/in|/out/",
        "http://app:9000/in/|http://app:9000/in?q|/out/?q",
        "http://app:9000/in/|http://public.example:8080/in/a|/out/a",
        "http://app:9000/in/|//app:9000/in/a|/out/a",
        "http://app/in/|http://app:80/in/a|/out/a",
        "https://app/in/|https://app/in/a|/out/a",
        "https://app/in/|https://app:443/in/a|/out/a",
        "http://app:9000/|http://app:9000|/out/",
        "http://app:9000/|http://app:9000/a|/out/a",
        "http://app:9000/|http://app:9000?q|/out/?q",
        "http://app:9000/in/|/in/a|/out/a",
        "http://app:9000/in/|/in|/out/",
        // the target's own, but not under its path
        "http://app:9000/in/|/inner/a|/inner/a",
        "http://app:9000/in/|http://app:9000/else|/else",
        // without a path of its own the target's paths are the client's
        "http://app:9000|http://app:9000/out/a|/out/a",
        "http://app:9000|http://app:9000|/",
        "unix:/run/app.sock|http://localhost/out/a|/out/a",
        // somebody else's, relative, or nothing that can be read
        "http://app:9000/in/|http://app:9001/in/a|http://app:9001/in/a",
        "http://app:9000/in/|http://app/in/a|http://app/in/a",
        "http://app/in/|https://app/in/a|https://app/in/a",
        "http://app:9000/in/|http://app:9000.evil/in/a|http://app:9000.evil/in/a",
        "http://app:9000/in/|http://app:9000@evil/in/a|http://app:9000@evil/in/a",
        "http://app:9000/in/|ftp://app:9000/in/a|ftp://app:9000/in/a",
        "http://app:9000/in/|a/b|a/b",
        "http://app:9000/in/|?q|?q",
        "http://app:9000/in/|../a//b|../a//b",
        "http://app:9000/in/|mailto:a@b|mailto:a@b",
        "http://app:9000/in/|http:|http:",
        "http://app:9000/in/|http://|http://",
        "http://app:9000/in/|x//app:9000/in/a|x//app:9000/in/a",
        "http://app:9000/in/|///in/a|///in/a",
    })
    void locations(String origin, String value, String expected) {
        assertEquals(expected, rewritten(origin, "/out/", "Location", value));
        assertEquals(expected, rewritten(origin, "/out/", "content-location", value));
        assertEquals(value, rewritten(origin, "/out/", "X-Location", value));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a=b|a=b",
        "a=b; Path=/in/|a=b; Path=/out/",
        "a=b; Path=/in|a=b; Path=/out/",
        "a=b; path=/in/sub; HttpOnly|a=b; Path=/out/sub; HttpOnly",
        "a=b; Path=/|a=b; Path=/",
        "a=b; Path=/inner|a=b; Path=/inner",
        "a=b; Domain=app; Secure|a=b; Secure",
        "a=b;domain=.APP;Path=/in/x|a=b; Path=/out/x",
        "a=b; Domain=public.example|a=b",
        "a=b; Domain=other.example|a=b; Domain=other.example",
        "Domain=app; Path=/x|Domain=app; Path=/x",
        "a=Path=/in/; Expires=Thu, 01 Jan 1970 00:00:00 GMT|a=Path=/in/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "a=\"x; y\"; Path=/in/|a=\"x; y\"; Path=/out/",
    })
    void cookies(String value, String expected) {
        assertEquals(expected, rewritten("http://app:9000/in/", "/out/", "Set-Cookie", value));
    }

    @Test
    void aPrefixIsWrittenAsInAUrl() {
        ClientRequest request = ClientRequest.get("/%C3%A9%20%25/x").prefix("/\u00e9 %/");
        Fields fields = RULES.fields(ResponseHead.of(302, "Location", "/in/a"), request, Origin.parse("http://app/in/"), null);
        assertEquals(Fields.of("Location", "/%C3%A9%20%25/a"), fields);
    }

    @Test
    void thePrefixItselfMayLackItsSlash() {
        ClientRequest request = ClientRequest.get("/out").prefix("/out/");
        Fields fields = RULES.fields(ResponseHead.of(302, "Location", "/in/a"), request, Origin.parse("http://app/in/"), null);
        assertEquals(Fields.of("Location", "/out/a"), fields);
    }

    @Test
    void onlyOnRequest() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            while (line.request() != null) {
                line.send("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/in/a\r\nSet-Cookie: a=b; Domain=127.0.0.1; Path=/in/\r\n"
                        + "Content-Length: 0\r\n\r\n");
            }
        }); Forward plain = Forward.to(origin.text() + "/in/").build();
                Forward rewriting = Forward.to(origin.text() + "/in/").host("127.0.0.1:80").rewriteAnswers().build()) {
            ClientResponse response = new ClientResponse().to(plain, ClientRequest.get("/out/x").prefix("/out/"));
            assertEquals(302, response.answered());
            assertEquals(Fields.of("Location", "http://127.0.0.1/in/a", "Set-Cookie", "a=b; Domain=127.0.0.1; Path=/in/",
                    "Content-Length", "0"), response.head().fields());
            response = new ClientResponse().to(rewriting, ClientRequest.get("/out/x").prefix("/out/"));
            assertEquals(302, response.answered());
            assertEquals(Fields.of("Location", "/out/a", "Set-Cookie", "a=b; Path=/out/", "Content-Length", "0"), response.head().fields());
        }
    }
}
