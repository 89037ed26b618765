/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 13.8: which constraint counts, how several combine, and what is left uncovered. */
class SecurityConstraintsTest {

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW");

    /** The constraints of the example in section 13.8.2. */
    private static final List<SecurityConstraint> ACME = List.of(
            SecurityConstraint.on("/*", "/acme/wholesale/*", "/acme/retail/*").allMethodsBut("GET", "POST").nobody(),
            SecurityConstraint.on("/acme/wholesale/*").methods("GET", "PUT").roles("SALESCLERK"),
            SecurityConstraint.on("/acme/wholesale/*").methods("GET", "POST").roles("CONTRACTOR").confidential(),
            SecurityConstraint.on("/acme/retail/*").methods("GET", "POST").roles("CONTRACTOR", "HOMEOWNER"));

    private static SecurityConstraints of(SecurityConstraint... constraints) {
        return SecurityConstraints.of(List.of(constraints), Set.of(), false);
    }

    /** What a requirement says, in a word: roles sorted and joined by +, with s: in front where TLS is needed. */
    private static String text(Requirement required) {
        String access = switch (required.access().getClass().getSimpleName()) {
            case "Everyone" -> "all";
            case "Nobody" -> "none";
            case "Authenticated" -> "known";
            default -> String.join("+", ((Access.Roles) required.access()).names().stream().sorted().toList());
        };
        return required.confidential() ? "s:" + access : access;
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /, none", "DELETE, /any/where, none", "BREW, /any/where, none", "GET, /any/where, all", "POST, /, all",
        "DELETE, /acme/wholesale/x, none", "PUT, /acme/wholesale/x, none", "HEAD, /acme/wholesale, none",
        "GET, /acme/wholesale, CONTRACTOR+SALESCLERK", "GET, /acme/wholesale/x, CONTRACTOR+SALESCLERK",
        "POST, /acme/wholesale/x, s:CONTRACTOR", "POST, /acme/wholesale/, s:CONTRACTOR",
        "GET, /acme/retail/y, CONTRACTOR+HOMEOWNER", "POST, /acme/retail/y/z, CONTRACTOR+HOMEOWNER",
        "PUT, /acme/retail/y, none", "TRACE, /acme/retail, none",
        "GET, /acme/retailer, all", "POST, /acme, all"})
    void theExampleOfSection1382(String method, String path, String expected) {
        assertEquals(expected, text(SecurityConstraints.of(ACME, Set.of(), false).find(method, path)));
    }

    /** No order of constraints changes what they say. */
    @Test
    void theOrderOfConstraintsIsOfNoConsequence() {
        Random random = new Random(13_8_2);
        SecurityConstraints first = SecurityConstraints.of(ACME, Set.of(), false);
        for (int i = 0; i < 24; i++) {
            List<SecurityConstraint> shuffled = new ArrayList<>(ACME);
            Collections.shuffle(shuffled, random);
            SecurityConstraints other = SecurityConstraints.of(shuffled, Set.of(), false);
            for (String method : METHODS) {
                for (String path : List.of("/", "/x", "/acme/wholesale/a", "/acme/retail/b", "/acme")) {
                    assertEquals(text(first.find(method, path)), text(other.find(method, path)), method + " " + path);
                }
            }
        }
    }

    /** Section 13.8.3: the best match as for servlets (12.1), and nothing of what a worse one says. */
    @ParameterizedTest
    @CsvSource({
        "/, root", "/exact, exact", "/exact/, prefix-all", "/a, a", "/a/, a", "/a/x, a", "/a/b, ab", "/a/b/c.jsp, ab",
        "/a/bc, a", "/ab, prefix-all", "/x.jsp, prefix-all", "/A, prefix-all", "/exact.jsp, exact-jsp"})
    void theBestMatchCounts(String path, String role) {
        SecurityConstraints constraints = of(
                SecurityConstraint.on("").roles("root"), SecurityConstraint.on("/exact").roles("exact"),
                SecurityConstraint.on("/exact.jsp").roles("exact-jsp"), SecurityConstraint.on("/a/*").roles("a"),
                SecurityConstraint.on("/a/b/*").roles("ab"), SecurityConstraint.on("/*").roles("prefix-all"),
                SecurityConstraint.on("*.jsp").roles("jsp"), SecurityConstraint.on("/").roles("default"));
        assertEquals(role, text(constraints.find("GET", path)));
    }

    @ParameterizedTest
    @CsvSource({
        "/x.jsp, jsp", "/d/x.jsp, jsp", "/x.jsp/y, default", "/d.jsp/y, default", "/x.JSP, default", "/x.jspx, default",
        "/.jsp, jsp", "/a.b.jsp, jsp", "/a.tar.gz, targz", "/a.gz, gz", "/tar.gz, gz", "/, default", "/x, default",
        "/a.tar.gz/, default"})
    void anExtensionIsOfTheLastSegment(String path, String role) {
        SecurityConstraints constraints = of(
                SecurityConstraint.on("*.jsp").roles("jsp"), SecurityConstraint.on("*.gz").roles("gz"),
                SecurityConstraint.on("*.tar.gz").roles("targz"), SecurityConstraint.on("/").roles("default"));
        assertEquals(role, text(constraints.find("GET", path)));
    }

    @Test
    void withoutAMatchNothingIsRequired() {
        assertSame(Requirement.NONE, of(SecurityConstraint.on("/a/*").nobody()).find("GET", "/b"));
        assertSame(Requirement.NONE, of(SecurityConstraint.on("").nobody()).find("GET", "/b"));
        assertSame(Requirement.NONE, SecurityConstraints.NONE.find("GET", "/"));
        assertTrue(SecurityConstraints.NONE.isEmpty());
        for (String pattern : List.of("", "/", "/*", "/a", "*.a")) {
            assertFalse(of(SecurityConstraint.on(pattern).nobody()).isEmpty(), pattern);
        }
    }

    /** Section 13.8.1, two constraints on one pattern and method: the table of all pairs. */
    @ParameterizedTest
    @CsvSource({
        "all, all, all", "all, known, all", "all, r, all", "all, q, all", "all, none, none",
        "known, known, known", "known, r, known", "known, none, none",
        "r, r, r", "r, q, q+r", "r, none, none", "none, none, none"})
    void twoConstraintsCombine(String one, String two, String both) {
        SecurityConstraint first = constraint(one);
        SecurityConstraint second = constraint(two);
        assertEquals(both, text(of(first, second).find("GET", "/p")));
        assertEquals(both, text(of(second, first).find("GET", "/p")));
        // One that is about another pattern or another method changes nothing.
        assertEquals(both, text(of(first, SecurityConstraint.on("/q").nobody(), second,
                SecurityConstraint.on("/p").methods("POST").nobody()).find("GET", "/p")));
        // Connections: what one of them accepts is accepted, but nothing helps who is precluded.
        assertEquals(both, text(of(first.confidential(), second).find("GET", "/p")));
        String secure = both.equals("none") ? both : "s:" + both;
        assertEquals(secure, text(of(first.confidential(), second.confidential()).find("GET", "/p")));
    }

    private static SecurityConstraint constraint(String access) {
        SecurityConstraint on = SecurityConstraint.on("/p");
        return switch (access) {
            case "all" -> on;
            case "known" -> on.authenticated();
            case "none" -> on.nobody();
            default -> on.roles(access);
        };
    }

    @Test
    void integralIsAsGoodAsConfidential() {
        SecurityConstraint integral = new SecurityConstraint(
                List.of(new WebResources("r", Set.of("/p"), MethodSet.ALL)), Access.EVERYONE, Guarantee.INTEGRAL);
        assertTrue(of(integral).find("GET", "/p").confidential());
        assertTrue(of(integral, SecurityConstraint.on("/p").confidential()).find("GET", "/p").confidential());
        assertFalse(of(integral, SecurityConstraint.on("/p")).find("GET", "/p").confidential());
        assertFalse(Guarantee.NONE.isProtected());
    }

    @Test
    void aStarStandsForTheDeclaredRoles() {
        SecurityConstraint star = SecurityConstraint.on("/p").roles("*");
        assertEquals("a+b", text(SecurityConstraints.of(List.of(star), Set.of("a", "b"), false).find("GET", "/p")));
        assertEquals("a+b+c", text(SecurityConstraints.of(
                List.of(SecurityConstraint.on("/p").roles("*", "c")), Set.of("a", "b"), false).find("GET", "/p")));
        Requirement nobodyDeclared = SecurityConstraints.of(List.of(star), Set.of(), false).find("GET", "/p");
        assertTrue(nobodyDeclared.needsIdentity());
        assertFalse(nobodyDeclared.admits(Identity.of("u", "a")));
        // Whoever has a role of the name * has not all roles.
        assertFalse(SecurityConstraints.of(List.of(star), Set.of("a"), false)
                .find("GET", "/p").admits(Identity.of("u", "*")));
    }

    @Test
    void twoStarsStandForWhoIsKnown() {
        assertEquals("known", text(of(SecurityConstraint.on("/p").roles("**")).find("GET", "/p")));
        assertEquals("known", text(of(SecurityConstraint.on("/p").roles("r", "**")).find("GET", "/p")));
        // Unless the application declares a role of that name (section 13.3).
        Access role = Access.ofRoleNames(List.of("**"), Set.of("**"));
        assertEquals("**", text(of(SecurityConstraint.on("/p").access(role)).find("GET", "/p")));
        assertEquals(Access.AUTHENTICATED, Access.ofRoleNames(List.of("*", "**")));
        assertEquals(Access.NOBODY, Access.ofRoleNames(List.of()));
        assertEquals(Access.roles("a", "b"), Access.ofRoleNames(List.of("b", "a", "a")));
    }

    @Test
    void whoIsLetIn() {
        Identity clerk = Identity.of("c", "clerk");
        assertTrue(new Requirement(Access.roles("clerk", "boss"), false).admits(clerk));
        assertFalse(new Requirement(Access.roles("boss"), false).admits(clerk));
        assertFalse(new Requirement(Access.roles("Clerk"), false).admits(clerk));
        assertTrue(new Requirement(Access.AUTHENTICATED, false).admits(Identity.of("nobody special")));
        assertTrue(Requirement.NONE.admits(clerk));
        assertFalse(Requirement.DENIED.admits(clerk));
        assertTrue(Requirement.DENIED.denied());
        assertFalse(Requirement.DENIED.needsIdentity());
        assertFalse(Requirement.NONE.needsIdentity());
        assertTrue(new Requirement(Access.AUTHENTICATED, false).needsIdentity());
        assertThrows(IllegalArgumentException.class, () -> new Requirement(new Access.DeclaredRoles(Set.of()), false));
    }

    /** The three examples of section 13.8.4, and what makes each of them covered. */
    @Test
    void uncoveredMethodsAreListed() {
        SecurityConstraint getOnly = SecurityConstraint.on("/company/*").methods("GET").roles("sales");
        assertEquals(List.of(new SecurityConstraints.Uncovered("/company/*", MethodSet.allBut("GET"))), of(getOnly).uncovered());

        SecurityConstraint butGet = SecurityConstraint.on("/company/*").allMethodsBut("GET").nobody();
        assertEquals(List.of(new SecurityConstraints.Uncovered("/company/*", MethodSet.of("GET"))), of(butGet).uncovered());

        SecurityConstraint some = SecurityConstraint.on("/company/*").allMethodsBut("GET", "POST").nobody();
        SecurityConstraint get = SecurityConstraint.on("/company/*").methods("GET").roles("sales");
        assertEquals(List.of(new SecurityConstraints.Uncovered("/company/*", MethodSet.of("POST"))), of(some, get).uncovered());

        assertEquals(List.of(), of(getOnly, butGet).uncovered());
        assertEquals(List.of(), of(SecurityConstraint.on("/company/*").roles("x")).uncovered());
        // Another pattern covers nothing here, though it matches too.
        assertEquals(1, of(getOnly, SecurityConstraint.on("/*").nobody()).uncovered().size());
    }

    @ParameterizedTest
    @CsvSource({"GET, sales, sales", "POST, all, none", "BREW, all, none"})
    void uncoveredMethodsAreOpenOrDenied(String method, String open, String denied) {
        List<SecurityConstraint> constraints = List.of(SecurityConstraint.on("/company/*").methods("GET").roles("sales"));
        assertEquals(open, text(SecurityConstraints.of(constraints, Set.of(), false).find(method, "/company/x")));
        assertEquals(denied, text(SecurityConstraints.of(constraints, Set.of(), true).find(method, "/company/x")));
        // Where no constraint is, nothing is uncovered.
        assertEquals("all", text(SecurityConstraints.of(constraints, Set.of(), true).find(method, "/elsewhere")));
    }

    @Test
    void anOmissionThatIsUncoveredIsDeniedToo() {
        List<SecurityConstraint> constraints = List.of(SecurityConstraint.on("/c").allMethodsBut("GET").roles("r"));
        assertEquals("none", text(SecurityConstraints.of(constraints, Set.of(), true).find("GET", "/c")));
        assertEquals("r", text(SecurityConstraints.of(constraints, Set.of(), true).find("PUT", "/c")));
        assertEquals("all", text(SecurityConstraints.of(constraints, Set.of(), false).find("GET", "/c")));
    }

    /** Every pair of collections of methods against a plain reading of section 13.8.1. */
    @Test
    void methodsCombineAsAModelSays() {
        List<MethodSet> sets = List.of(
                MethodSet.ALL, MethodSet.of("GET"), MethodSet.of("GET", "PUT"), MethodSet.of("POST"),
                MethodSet.allBut("GET"), MethodSet.allBut("GET", "POST"), MethodSet.allBut("BREW"));
        int seen = 0;
        for (MethodSet one : sets) {
            for (MethodSet two : sets) {
                for (boolean deny : new boolean[] {false, true}) {
                    SecurityConstraints constraints = SecurityConstraints.of(List.of(
                            SecurityConstraint.on("/p").methods(one).roles("a"),
                            SecurityConstraint.on("/p").methods(two).roles("b")), Set.of(), deny);
                    for (String method : METHODS) {
                        Set<String> roles = new LinkedHashSet<>();
                        if (one.contains(method)) {
                            roles.add("a");
                        }
                        if (two.contains(method)) {
                            roles.add("b");
                        }
                        String expected = roles.isEmpty() ? deny ? "none" : "all" : String.join("+", roles);
                        assertEquals(expected, text(constraints.find(method, "/p")), one + " | " + two + " " + method);
                        boolean listed = constraints.uncovered().stream().anyMatch(each -> each.methods().contains(method));
                        assertEquals(roles.isEmpty(), listed, one + " | " + two + " " + method);
                        seen++;
                    }
                }
            }
        }
        assertEquals(7 * 7 * 2 * METHODS.size(), seen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "**", "a", "a/*", "*.", "*.a/b", "*.*", "x*.jsp", "/a\r\nb", "/a\n"})
    void aPatternOfNoKindIsRefused(String pattern) {
        String said = assertThrows(IllegalArgumentException.class, () -> SecurityConstraint.on(pattern)).getMessage();
        assertTrue(said.contains("five kinds"), said);
    }

    @Test
    void aConstraintOnNothingIsRefused() {
        assertThrows(IllegalArgumentException.class, SecurityConstraint::on);
        assertThrows(IllegalArgumentException.class, () -> SecurityConstraint.on("/a").methods());
        assertThrows(IllegalArgumentException.class, () -> SecurityConstraint.on("/a").methods(MethodSet.NONE));
        assertThrows(IllegalArgumentException.class, () -> new SecurityConstraint(List.of(), Access.NOBODY, Guarantee.NONE));
        assertThrows(IllegalArgumentException.class, () -> new WebResources("n", Set.of(), MethodSet.ALL));
    }

    @Test
    void patternsKeepTheirOrderAndMayRepeat() {
        SecurityConstraint constraint = SecurityConstraint.on("/z", "/a", "/z", "/m").methods("GET");
        assertEquals(List.of("/z", "/a", "/m"), List.copyOf(constraint.resources().get(0).patterns()));
        assertEquals(List.of("/z", "/a", "/m"),
                of(constraint).uncovered().stream().map(SecurityConstraints.Uncovered::pattern).toList());
    }

    @Test
    void severalCollectionsOfOneConstraintCountEach() {
        SecurityConstraint constraint = new SecurityConstraint(
                List.of(
                        new WebResources("reads", Set.of("/a"), MethodSet.of("GET", "HEAD")),
                        new WebResources("writes", Set.of("/b", "/a"), MethodSet.of("POST"))),
                Access.roles("r"), Guarantee.CONFIDENTIAL);
        assertEquals("s:r", text(of(constraint).find("GET", "/a")));
        assertEquals("s:r", text(of(constraint).find("POST", "/a")));
        assertEquals("all", text(of(constraint).find("PUT", "/a")));
        assertEquals("all", text(of(constraint).find("GET", "/b")));
        assertEquals("s:r", text(of(constraint).find("POST", "/b")));
    }
}
