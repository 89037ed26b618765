/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.MemoryIdentityStore;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecuritySettings;
import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.HttpConstraintElement;
import jakarta.servlet.HttpMethodConstraintElement;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.ServletSecurity.EmptyRoleSemantic;
import jakarta.servlet.annotation.ServletSecurity.TransportGuarantee;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chapter 13: constraints, Basic authentication, and what an application asks and does about its caller. */
interface ConstraintChapter extends Chapter {

    /** Those whom all tests know. */
    static MemoryIdentityStore users() {
        return MemoryIdentityStore.builder()
                .plain("alice", "open:sesame", "boss", "clerk")
                .plain("bob", "b", "clerk")
                .plain("zoë", "pässwörd")
                .build();
    }

    private static void secured(ServletApplicationBuilder app) {
        app.contextPath("/s").security(SecuritySettings.NONE
                .withBasic("the \"shop\"", users()).withRoles("boss", "clerk").withHttpsPort(8443)
                .withRoleLink("tells", "chief", "boss")
                .withConstraints(
                        SecurityConstraint.on("/known/*").authenticated(),
                        SecurityConstraint.on("/boss/*").roles("boss"),
                        SecurityConstraint.on("/roles/*").roles("*"),
                        SecurityConstraint.on("/none/*").nobody(),
                        SecurityConstraint.on("/nonetls/*").nobody().confidential(),
                        SecurityConstraint.on("/post/*").methods("POST").roles("clerk"),
                        SecurityConstraint.on("/tls/*").confidential(),
                        SecurityConstraint.on("*.secret").roles("boss"),
                        SecurityConstraint.on("/set/described").roles("boss")));
        app.servlet("tells", new Tells(), "/*");
        app.servlet("set", new Tells(), registration -> {
            List<String> described = List.copyOf(registration.setServletSecurity(new ServletSecurityElement(
                    new HttpConstraintElement(TransportGuarantee.NONE, "clerk"),
                    List.of(new HttpMethodConstraintElement("GET"),
                            new HttpMethodConstraintElement("TRACE", new HttpConstraintElement(EmptyRoleSemantic.DENY))))));
            assertEquals(List.of("/set/described"), described);
        }, "/set/described", "/set/own", "/set/all/*");
    }

    private ContractSite secured() throws IOException {
        return site(ConstraintChapter.class, ConstraintChapter::secured);
    }

    private static String basic(String user, String password) {
        return basic(user, password, StandardCharsets.UTF_8);
    }

    private static String basic(String user, String password, Charset charset) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(charset));
    }

    @Section("13.6.1")
    @Test
    default void whoIsNotKnownIsChallenged() throws Exception {
        Reply reply = secured().ask("GET /s/known/x");
        assertEquals(401, reply.status());
        assertEquals("Basic realm=\"the \\\"shop\\\"\", charset=\"UTF-8\"", reply.field("WWW-Authenticate"));
        assertEquals("private", reply.field("Cache-Control"));
        assertFalse(reply.has("Set-Cookie"));
    }

    @Section("13.6.1")
    @Test
    default void whoIsKnownIsLetInAndTold() throws Exception {
        Reply reply = secured().ask("GET /s/known/x", basic("alice", "open:sesame"));
        assertEquals("GET /known/x alice BASIC boss clerk chief known", reply.text());
        assertEquals("private", reply.field("Cache-Control"));
        assertFalse(reply.has("Set-Cookie"), "no session is made for it");
        assertEquals("GET /known/x zoë BASIC known",
                secured().ask("GET /s/known/x", basic("zoë", "pässwörd")).utf8());
    }

    @Section("13.6.1")
    @ParameterizedTest
    @CsvSource({"alice, wrong", "alice, open", "alice, ''", "nobody, open:sesame", "'', ''", "Alice, open:sesame", "alice, 'open:sesame '"})
    default void wrongPasswordsAreChallengedAgain(String user, String password) throws Exception {
        Reply reply = secured().ask("GET /s/known/x", basic(user, password));
        assertEquals(401, reply.status());
        assertTrue(reply.has("WWW-Authenticate"));
    }

    @Section("13.6.1")
    @ParameterizedTest
    @ValueSource(strings = {
        "Basic", "Basic ", "Basic !!!", "Basic YWxpY2U=", "Basic YWxpY2U6b3BlbjpzZXNhbWU=, x", "Basic YWxpY2U6b3BlbjpzZXNhbWU==",
        "Basic realm=\"x\"", "Bearer YWxpY2U6b3BlbjpzZXNhbWU=", "YWxpY2U6b3BlbjpzZXNhbWU=", "Digest username=\"alice\"", ",",
        "Basic \"", "Basic =", "Basic YWxp\tY2U6b3BlbjpzZXNhbWU="
    })
    default void malformedFieldsAreNobodys(String value) throws Exception {
        assertEquals(401, secured().ask("GET /s/known/x", "Authorization: " + value).status());
        assertEquals("GET /open null null", secured().ask("GET /s/open", "Authorization: " + value).text());
    }

    @Section("13.6.1")
    @Test
    default void credentialsInLatinOneOrSentTwiceAreNobodys() throws Exception {
        assertEquals(401, secured().ask(
                "GET /s/known/x", basic("zoë", "pässwörd", StandardCharsets.ISO_8859_1)).status());
        assertEquals(401, secured().ask("GET /s/known/x", basic("bob", "b"), basic("alice", "open:sesame")).status());
        assertEquals(200, secured().ask("GET /s/known/x", basic("bob", "b").replace("Basic", "bAsIc")).status());
    }

    @Section("13.8.3")
    @ParameterizedTest
    @CsvSource({
        "GET, /boss/x, , 401", "GET, /boss/x, alice, 200", "GET, /boss/x, bob, 403", "GET, /boss, bob, 403",
        "GET, /roles/x, , 401", "GET, /roles/x, bob, 200", "GET, /roles/x, zoë, 403",
        "GET, /none/x, , 403", "GET, /none/x, alice, 403", "GET, /nonetls/x, , 403",
        "GET, /post/x, , 200", "POST, /post/x, , 401", "POST, /post/x, bob, 200", "POST, /post/x, zoë, 403",
        "GET, /a/b.secret, , 401", "GET, /a/b.secret, bob, 403", "GET, /a/b.secret, alice, 200", "GET, /open.public, , 200",
        "GET, /open/../boss/x, , 401", "GET, /%62oss/x, , 401", "GET, /boss;v=1/x, , 401",
        "GET, /boss/./x, , 401", "GET, /Boss/x, , 200", "HEAD, /boss/x, , 401", "OPTIONS, /boss/x, , 401", "BREW, /boss/x, , 401"
    })
    default void constraintsAreEnforced(String method, String path, String user, int status) throws Exception {
        String password = "alice".equals(user) ? "open:sesame" : "bob".equals(user) ? "b" : "pässwörd";
        Reply reply = user == null ? secured().ask(method + " /s" + path)
                : secured().ask(method + " /s" + path, basic(user, password));
        assertEquals(status, reply.status(), reply::text);
        assertEquals(status == 401, reply.has("WWW-Authenticate"));
    }

    @Section("13.2")
    @Test
    default void forwardsAndIncludesAreNotLookedAt() throws Exception {
        assertEquals("GET /none/x null null [t]",
                secured().ask("GET /s/open?do=forward&value=/none/x?do=attribute%26text=t").text().replace("no session: ", ""));
        assertTrue(secured().ask("GET /s/open?do=include&value=/boss/x?do=logout").text().endsWith("GET /open null null"));
    }

    @Section("13.8.3")
    @ParameterizedTest
    @CsvSource({"GET, 302", "HEAD, 302", "POST, 307", "PUT, 307"})
    default void whatNeedsAProtectedConnectionIsRedirected(String method, int status) throws Exception {
        Reply reply = secured().ask(method + " /s/tls/a%20b?c=d", "Host: shop.example:8080");
        assertEquals(status, reply.status());
        assertEquals("https://shop.example:8443/s/tls/a%20b?c=d", reply.field("Location"));
    }

    @Section("13.3")
    @Test
    default void anApplicationLogsInAndOut() throws Exception {
        assertEquals("in: GET /open alice BASIC boss clerk chief known",
                secured().ask("GET /s/open?do=login&value=alice&password=open:sesame").text());
        assertEquals("refused: GET /open null null",
                secured().ask("GET /s/open?do=login&value=alice&password=no").text());
        assertEquals("refused: GET /known/x bob BASIC clerk known",
                secured().ask("GET /s/known/x?do=login&value=alice&password=open:sesame", basic("bob", "b")).text());
        assertEquals("GET /known/x null null", secured().ask("GET /s/known/x?do=logout", basic("bob", "b")).text());
        assertEquals("GET /open null null", secured().ask("GET /s/open").text(), "without a session it is forgotten");
    }

    @Section("13.10")
    @Test
    default void aLoginLivesInTheSessionThatThereIs() throws Exception {
        String before = secured().ask("GET /s/open?do=session&value=kept").session();
        Reply in = secured().ask("GET /s/open?do=login&value=bob&password=b", "Cookie: JSESSIONID=" + before);
        String after = in.session();
        assertFalse(before.equals(after), "a planted id is of no use");
        String cookie = "Cookie: JSESSIONID=" + after;
        assertEquals("kept: GET /known/x bob BASIC clerk known", secured().ask("GET /s/known/x?do=attribute", cookie).text());
        assertEquals("GET /open bob BASIC clerk known", secured().ask("GET /s/open", cookie).text());
        assertEquals(401, secured().ask("GET /s/known/x", "Cookie: JSESSIONID=" + before).status());
        assertEquals("GET /open null null", secured().ask("GET /s/open?do=logout", cookie).text());
        assertEquals(401, secured().ask("GET /s/known/x", cookie).status());
        assertEquals("kept: GET /open null null", secured().ask("GET /s/open?do=attribute", cookie).text());
    }

    @Section("HttpServletRequest.authenticate")
    @Test
    default void anApplicationHasItsCallerAuthenticated() throws Exception {
        Reply reply = secured().ask("GET /s/open?do=authenticate");
        assertEquals(401, reply.status());
        assertTrue(reply.field("WWW-Authenticate").startsWith("Basic "));
        assertEquals("GET /open bob BASIC clerk known", secured().ask("GET /s/open?do=authenticate", basic("bob", "b")).text());
        assertEquals("GET /open bob BASIC clerk known", secured().ask("GET /s/open", basic("bob", "b")).text(), "when asked");
    }

    /** RFC 9111: whatever the application says, what needed a login is not for a shared cache. */
    @Section("13.8.3")
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "max-age=60 | max-age=60, private", "public,s-maxage=9 | public,s-maxage=9, private", "no-store | no-store",
        "private, max-age=1 | private, max-age=1", "private=\"x\" | private=\"x\", private", "x-private | x-private, private"
    })
    default void answersForOneCallerSayso(String set, String sent) throws Exception {
        String value = URLEncoder.encode(set, StandardCharsets.UTF_8);
        Reply reply = secured().ask("GET /s/known/x?do=cache&value=" + value, basic("bob", "b"));
        assertEquals(sent, reply.field("Cache-Control"));
        assertFalse(reply.has("CDN-Cache-Control"));
        assertEquals(set, secured().ask("GET /s/open?do=cache&value=" + value).field("Cache-Control"));
    }

    @Section("13.4.2")
    @ParameterizedTest
    @CsvSource({
        "GET, /set/own, , 200", "POST, /set/own, , 401", "POST, /set/own, bob, 200", "PUT, /set/all/x, zoë, 403",
        "BREW, /set/own, bob, 200", "PUT, /set/own, alice, 200",
        "GET, /set/described, bob, 403", "POST, /set/described, bob, 403", "POST, /set/described, alice, 200"
    })
    default void whatAServletSetsCountsWhereTheDescriptorSaysNothing(String method, String path, String user, int status)
            throws Exception {
        String password = "alice".equals(user) ? "open:sesame" : "bob".equals(user) ? "b" : "pässwörd";
        Reply reply = user == null ? secured().ask(method + " /s" + path)
                : secured().ask(method + " /s" + path, basic(user, password));
        assertEquals(status, reply.status());
    }
}
