/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small parts, one by one: origins, targets, fields, settings. */
final class PartsTest {

    private static final TargetRules LAX = new TargetRules(true, true, true, true, true, true);

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "http://127.0.0.1:9000, 127.0.0.1:9000, -",
        "http://app, app, -",
        "http://App.Internal:81/, app.internal:81, /",
        "http://[::1]:9000/a, [::1]:9000, /a/",
        "http://app/a/b/, app, /a/b/",
        "http://app/a%20b, app, /a%20b/",
        "unix:/run/app.sock, localhost, -",
    })
    void originsAreRead(String text, String authority, String path) {
        Origin origin = Origin.parse(text);
        assertEquals(authority, origin.authority().toString());
        assertEquals(path, origin.path());
        assertEquals(text, origin.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "app", "app:9000", "/run/app.sock", "unix:", "unix:app.sock", "https:/app", "https://", "https://app?q", "HTTP://app", "ftp://app",
        "http://", "http:///x", "http://user@app", "http://app:0", "http://app:65536", "http://app:x", "http://app/?q", "http://app?q",
        "http://app/#f", "http://app/a b", "http://app/../x", "http://app/.", "http://app//", "http://a\r\nb", "http://app/\u00e9",
        "http://app\\x", "http://app/\\x"})
    void whatIsNoOriginSaysWhatOneLooksLike(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Forward.to(text));
        assertEquals("'" + text + "' is not an origin that can be forwarded to: write http://127.0.0.1:9000, "
                + "https://app/path/ or unix:/run/app.sock", e.getMessage());
    }

    @Test
    void addressesAreLookedUp() throws Exception {
        assertEquals(List.of(new InetSocketAddress("127.0.0.1", 80)), Origin.parse("http://127.0.0.1").addresses());
        assertEquals(List.of(new InetSocketAddress("::1", 81)), Origin.parse("http://[::1]:81").addresses());
        assertEquals(List.of(UnixDomainSocketAddress.of(Path.of("/run/x.sock"))), Origin.parse("unix:/run/x.sock").addresses());
        List<SocketAddress> local = Origin.parse("http://localhost:82").addresses();
        assertTrue(local.contains(new InetSocketAddress("127.0.0.1", 82)), local.toString());
    }

    static Stream<Arguments> targets() {
        return Stream.of(
                Arguments.of("/", "/"),
                Arguments.of("/a/b?x=1", "/a/b?x=1"),
                Arguments.of("/a?", "/a?"),
                Arguments.of("/a%20b/%C3%A9/%2F?%2f", "/a%20b/%C3%A9/%2F?%2f"),
                Arguments.of("/a/./b/../c", "/a/c"),
                Arguments.of("/a/%2e%2E/b", "/b"),
                Arguments.of("/a/b/..", "/a/"),
                Arguments.of("/a/b/.", "/a/b/"),
                Arguments.of("/a;v=1/.well-known/..x/x..", "/a;v=1/.well-known/..x/x.."),
                Arguments.of("/a//b", "/a//b"),
                Arguments.of("/|[]{}\"<>^`", "/|[]{}\"<>^`"),
                Arguments.of("/\u00c3\u00a9?\u00ff", "/%C3%A9?%FF"),
                Arguments.of("http://example.com", "/"),
                Arguments.of("http://example.com?q", "/?q"),
                Arguments.of("http://example.com/a/../b?q=../..", "/b?q=../.."));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void aTargetStaysAsItIsButForDotSegments(String raw, String sent) {
        Target target = (Target) Target.normalise(raw, LAX);
        assertEquals(sent, OutwardTarget.of(target, null, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "/old/x/y?q, /old/, /new/x/y?q",
        "/old, /old/, /new/",
        "/old?q, /old/, /new/?q",
        "/old/, /old/, /new/",
        "/o%6cd/x%2Fy, /old/, /new/x%2Fy",
        "/a/b/c, /a/b/, /new/c",
        "/a/./b/../b/c, /a/b/, /new/c",
        "//a//b//c, /a/b/, /new//c",
        "/x, /, /new/x",
        "/, /, /new/",
    })
    void thePrefixGivesWayToThePathOfTheOrigin(String raw, String prefix, String sent) {
        Target target = (Target) Target.normalise(raw, LAX);
        assertEquals(sent, OutwardTarget.of(target, "/new/", prefix.length()));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', value = {
        "-|-1", "timeout=5|4", "timeout=5, max=100|4", "max=100, timeout = 5|-1", "max=7,Timeout=60|59", "timeout=1|0", "timeout=0|0",
        "timeout=|-1", "timeout=x|-1", "timeout=-1|-1", "timeout=99999999999999|-1", "max=5|-1",
    })
    void keepAliveIsASecondLess(String value, long seconds) {
        Fields fields = value == null ? Fields.EMPTY : Fields.of("Keep-Alive", value);
        assertEquals(seconds < 0 ? Long.MAX_VALUE : Duration.ofSeconds(seconds).toNanos(), KeepAlive.nanos(fields));
    }

    @Test
    void whatIsNominatedIsDroppedWhateverItsCase() {
        Fields fields = Fields.of("A", "1", "connection", "b, C", "B", "2", "b", "3", "Connection", "d", "c", "4", "D", "5", "E", "6");
        assertEquals(Fields.of("A", "1", "E", "6"), EndToEnd.of(fields).build());
        Fields closing = Fields.of("Connection", "close", "Close", "stays: it is an option, no field");
        assertEquals(Fields.of("Close", "stays: it is an option, no field"), EndToEnd.of(closing).build());
    }

    @Test
    void aFieldThatWouldSplitAMessageDoesNotCross() {
        Fields smuggled = Fields.parsed(new String[] {"X", "a\r\nEvil: 1"});
        assertThrows(IllegalArgumentException.class, () -> EndToEnd.of(smuggled));
        Fields named = Fields.parsed(new String[] {"X: y\r\nEvil", "1"});
        assertThrows(IllegalArgumentException.class, () -> EndToEnd.of(named));
    }

    static Stream<UnaryOperator<ForwardLimits>> wrongLimits() {
        return Stream.of(l -> l.withConnections(0), l -> l.withIdle(-1), l -> l.withQueue(-1), l -> l.withLine(15),
                l -> l.withHead(15), l -> l.withFields(0), l -> l.withInterim(-1), l -> l.withAttempts(0), l -> l.withLoops(-1), l -> l.withLine(100).withHead(99));
    }

    @ParameterizedTest
    @MethodSource("wrongLimits")
    void limitsAreChecked(UnaryOperator<ForwardLimits> change) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Forward.to("http://app").limits(change));
        assertTrue(e.getMessage().startsWith("a forward's limit "), e.getMessage());
    }

    static Stream<UnaryOperator<ForwardTimeouts>> wrongTimeouts() {
        Duration none = Duration.ZERO;
        return Stream.of(t -> t.withQueue(none), t -> t.withConnect(none), t -> t.withAnswer(none), t -> t.withProgress(none),
                t -> t.withProceed(none), t -> t.withTunnel(none), t -> t.withIdle(none.minusMillis(1)));
    }

    @ParameterizedTest
    @MethodSource("wrongTimeouts")
    void timeoutsAreChecked(UnaryOperator<ForwardTimeouts> change) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Forward.to("http://app").timeouts(change));
        assertTrue(e.getMessage().endsWith(": set it to more than zero"), e.getMessage());
    }

    @Test
    void everySettingChangesItselfAlone() {
        ForwardLimits limits = ForwardLimits.DEFAULTS.withConnections(1).withIdle(2).withQueue(3).withLine(40).withHead(500).withFields(6)
                .withInterim(7).withLoops(8).withAttempts(9);
        assertEquals(new ForwardLimits(1, 2, 3, 40, 500, 6, 7, 8, 9), limits);
        Duration one = Duration.ofSeconds(1);
        ForwardTimeouts timeouts = ForwardTimeouts.DEFAULTS.withQueue(one).withConnect(one.multipliedBy(2))
                .withAnswer(one.multipliedBy(3)).withProgress(one.multipliedBy(4)).withProceed(one.multipliedBy(5))
                .withIdle(one.multipliedBy(6)).withTunnel(one.multipliedBy(7)).withTotal(one.multipliedBy(8));
        assertEquals(new ForwardTimeouts(one, one.multipliedBy(2), one.multipliedBy(3), one.multipliedBy(4), one.multipliedBy(5), one.multipliedBy(7), one.multipliedBy(8),
                one.multipliedBy(6)), timeouts);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "user@app", "app:x", "a\r\nb", "http://app"})
    void aHostMustBeOne(String host) {
        assertThrows(IllegalArgumentException.class, () -> Forward.to("http://app").host(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a,b", "a\r\nb"})
    void viaMustBeAToken(String name) {
        assertThrows(IllegalArgumentException.class, () -> Forward.to("http://app").via(name));
    }

    @Test
    void theLastWordOnHostHolds() {
        assertNotNull(Forward.to("http://app").host("x").preserveHost().build());
        assertNull(Origin.parse("unix:/x").path());
    }
}
