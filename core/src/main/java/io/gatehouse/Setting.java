/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.claim.ClaimSettings;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.Timeouts;
import java.util.List;
import java.util.Locale;

/**
 * One setting of the configuration, as the README's table shows it.
 *
 * @param key in the properties file; one with {@code <} in it stands for many keys
 * @param fallback what holds if it is not set, as it would be written; empty if nothing does
 * @param meaning in a line
 */
public record Setting(String key, String fallback, String meaning) {

    /** Every setting, in the order of the README. */
    public static final List<Setting> ALL = all(Limits.DEFAULTS, Timeouts.DEFAULTS, ClaimSettings.NONE);

    /** The environment variable that sets it; empty if it stands for many keys. */
    public String variable() {
        return family() ? "" : "GATEHOUSE_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Whether it stands for many keys, such as {@code files.<prefix>}. */
    public boolean family() {
        return key.indexOf('<') >= 0;
    }

    /** All settings as a table in Markdown. */
    public static String table() {
        StringBuilder out = new StringBuilder("| key | default | meaning |\n|---|---|---|\n");
        for (Setting setting : ALL) {
            String fallback = setting.fallback.isEmpty() ? "" : "`" + setting.fallback + "`";
            out.append("| `").append(setting.key).append("` | ").append(fallback).append(" | ")
                    .append(setting.meaning).append(" |\n");
        }
        return out.toString();
    }

    private static List<Setting> all(Limits limits, Timeouts timeouts, ClaimSettings claims) {
        return List.of(
                new Setting("transport", "", "name of the transport, `nio` or `jetty`; unless set, `nio` if it is found, else the one that is"),
                new Setting("listen", "http://localhost:8080",
                        "endpoints, separated by commas: `http://host:port`, `https://host:port`, `unix:/path`, `gatehouse:/path` to "
                                + "share the port of another gatehouse, `inherited:http` for a socket that is the standard input; host `*` for all, port `0` for a free one"),
                new Setting("listen.reuse-port", "false",
                        "lets another process of the same user open the same TCP ports, for a hand-over"),
                new Setting("tls.certificate", "",
                        "what `https` endpoints show: a PEM file with the certificate and its chain, a PKCS12 keystore, or a directory of "
                                + "`.pem` files, chosen by server name, with a key in each; read again when it changes"),
                new Setting("tls.key", "", "PEM file of the private key (PKCS#8; RSA or EC); unless set, it is in `tls.certificate`"),
                new Setting("tls.password", "", "password of the keystore, or of an encrypted key"),
                new Setting("tls.client", "none", "certificates of clients: `none`, `wanted` (asked for) or `needed` (insisted on)"),
                new Setting("tls.trust", "", "PEM file of the authorities that client certificates may come from; unless set, the JDK's"),
                new Setting("io-threads", "0", "I/O threads; `0` lets the transport choose"),
                new Setting("workers", "auto", "threads of handlers: `pool`, `virtual`, or `auto`, virtual from Java 24 on"),
                new Setting("stop.grace", "10s", "how long requests in flight may take when the server stops"),
                new Setting("limits.line", Quantities.text(limits.line()), "bytes of a request line; past it 414"),
                new Setting("limits.head", Quantities.text(limits.head()), "bytes of a whole request head; past it 431"),
                new Setting("limits.fields", Integer.toString(limits.fields()), "fields of a head; past it 431"),
                new Setting("limits.body", Quantities.text(limits.body()), "bytes of a request's body; past it 413"),
                new Setting("limits.body.<prefix>", "", "the same for the route of exactly this prefix"),
                new Setting("limits.drain", Quantities.text(limits.drain()),
                        "bytes of an unread body that are thrown away to keep the connection"),
                new Setting("limits.rate", Quantities.text(limits.rate()), "bytes a second that a body must make, either way"),
                new Setting("limits.connections", Integer.toString(limits.connections()), "open connections; one more gets 503"),
                new Setting("limits.in-flight", Integer.toString(limits.inFlight()), "requests that handlers work on at once"),
                new Setting("limits.queue", Integer.toString(limits.queue()),
                        "requests that wait for a place in flight; one more gets 503"),
                new Setting("cache-size", "",
                        "bytes of what lies in memory to be answered from there, kept answers and hot files together; unless set, a "
                                + "quarter of what the heap may become"),
                new Setting("cache-memory", "heap",
                        "where the bodies of these lie: `heap`, or `direct`, outside of it, where what is dropped is freed by the "
                                + "next garbage collection"),
                new Setting("file-freshness", "1s",
                        "how long a file's copy in memory is served without a look at the file, and as long again while one worker "
                                + "looks; `0s` looks every time"),
                new Setting("file-gzip", "false",
                        "puts texts in memory that have no `.gz` sibling into gzip, once and in the background, for those who accept it"),
                new Setting("timeouts.head", Quantities.text(timeouts.head()), "for a whole request head; past it 408"),
                new Setting("timeouts.idle", Quantities.text(timeouts.idle()), "for the next request on a kept connection"),
                new Setting("timeouts.body", Quantities.text(timeouts.body()),
                        "sliding window in which a request's body must make `limits.rate`; else 408"),
                new Setting("timeouts.write", Quantities.text(timeouts.write()),
                        "sliding window in which a response must make `limits.rate`; else it is cut off"),
                new Setting("timeouts.queue", Quantities.text(timeouts.queue()),
                        "for a place in flight, of a request that waits in `limits.queue`; past it 503"),
                new Setting("target.encoded-slash", "false", "lets in `%2F`, which stays so in the path"),
                new Setting("target.encoded-dots", "false", "lets in `%2e` and `%2e%2e` segments, resolved like `.` and `..`"),
                new Setting("target.path-parameters", "false", "lets in `;` and what follows in a segment, which the path leaves out; "
                        + "sessions are then also tracked by URL, unless an application chooses"),
                new Setting("target.empty-segments", "false", "lets in `//`, which is one `/`"),
                new Setting("target.backslash", "false", "lets in `\\` and `%5C`, ordinary characters"),
                new Setting("target.non-ascii", "false", "lets in bytes beyond ASCII that are not percent-encoded, as UTF-8"),
                new Setting("proxy.trusted", "",
                        "peers that are believed what they say of the client: addresses or ranges such as `10.0.0.0/8`, `::1`, and "
                                + "`unix:` for Unix-domain peers, separated by commas"),
                new Setting("proxy.fields", "x-forwarded",
                        "where they say it: `x-forwarded` for the fields `X-Forwarded-For`, `-Proto`, `-Host` and `-Port`, or "
                                + "`forwarded` for the one of RFC 7239; what is unclear in them gets 400"),
                new Setting("proxy.host", "false", "believes them the host and port too, for routing and for URLs"),
                new Setting("files.<prefix>", "", "serves files: a directory, or `classpath:` and a folder"),
                new Setting("spa.<prefix>", "", "the same, and `index.html` answers navigations to what is no file"),
                new Setting("servlet.<pattern>", "", "class name of a servlet, mapped as in `servlet./api/*`"),
                new Setting("webapp.<prefix>", "", "a web application: a WAR file or a directory with `WEB-INF` in it"),
                new Setting("users.<prefix>", "",
                        "who may log in to the web application of exactly this prefix: a properties file with lines such as "
                                + "`alice.password` and `alice.roles`, read again when it changes"),
                new Setting("isolation.<prefix>", "",
                        "keeps the web application of exactly this prefix apart, on threads of its own: `apart`, or some of `in-flight=50`, "
                                + "`queue=50`, `queue-time=10s`, `request-time=60s`, `async-time=5m`; separated by commas"),
                new Setting("forward.<prefix>", "",
                        "forwards to another server: `http://host:port`, `https://host:port`, either with a path behind it, or `unix:/path`; "
                                + "or to several, separated by commas, each with `weight=2`, `rank=1`, `slow-start=30s` or `peer=user` behind it"),
                new Setting("forwarding.<prefix>", "",
                        "how: `balance=least` (or `round-robin`, `address`, `path`, `field:X-Name`), `health=/path`, `health-every=5s`, "
                                + "`failures=3`, `pause=5s`, `fields=x-forwarded` (or `forwarded`, `both`, `none`), `host=preserve` (or a name), "
                                + "`rewrite=true`, `upgrades=websocket`, `connections`, `queue`, `attempts`, `connect`, `answer`, `progress`, "
                                + "`total`, `tunnel`, `hold`, `held`, `peer`; separated by commas"),
                new Setting("handle.<prefix>", "", "class name of a handler"),
                new Setting("cache.<prefix>", "",
                        "keeps answers of the route of exactly this prefix: for a duration, `until-purged`, as `headers` say, or `never`"),
                new Setting("claims.socket", "", "Unix-domain socket at which other programs claim prefixes; unless set, none can"),
                new Setting("claims.mode", claims.mode(), "mode of that file, in octal digits"),
                new Setting("claims.group", "", "group of that file; unless set, the gatehouse's own"),
                new Setting("claims.connections", Integer.toString(claims.connections()),
                        "connections at once at that socket, of one user three quarters of that"),
                new Setting("claims.limit", Integer.toString(claims.claims()), "claims at once"),
                new Setting("claims.ping", Quantities.text(claims.ping()),
                        "silence after which a claimant is asked whether it lives; after twice that it counts as dead"),
                new Setting("claims.linger", Quantities.text(claims.linger()),
                        "how long a prefix that is not reserved answers 503 after its last claimant was lost; then 404"),
                new Setting("claims.hold", Quantities.text(claims.hold()),
                        "how long a request waits while its prefix has no claimant; past it 503"),
                new Setting("claims.queue", Integer.toString(claims.queue()), "requests that wait, for each prefix; one more gets 503"),
                new Setting("claims.answer", Quantities.text(claims.answer()),
                        "how long a claimant may take for the head of an answer; past it 504, and after three in a row 503 for some seconds"),
                new Setting("reservation.<prefix>", "",
                        "who may claim it and what is below: `user:alice,group:www`, or `everyone`; without one only the gatehouse's own user"),
                new Setting("start.<prefix>", "",
                        "command that starts the program of a prefix when a request comes and nobody has claimed it; no shell"),
                new Setting("hold.<prefix>", "", "the same as `claims.hold` for exactly this prefix; `30s` where there is a `start`"),
                new Setting("tenant.claims", "",
                        "prefixes to claim at `gatehouse:/path`, separated by commas; unless set, those of all routes"),
                new Setting("tenant.priority", "0", "of several claimants of one prefix the highest serve, the others stand by"),
                new Setting("tenant.group", "",
                        "group that may connect to this program's private socket, for a gatehouse that is neither root nor this user"),
                new Setting("<transport>.<option>", "", "an option of one transport alone, as in `jetty.http2`"));
    }
}
