/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.WorkerKind;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import io.gatehouse.transport.Peer;
import io.gatehouse.transport.TransportUnderTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients see of deployed WAR files, the same over every transport. Every transport has a test class that extends this one. */
@DisplayNameGeneration(SectionNames.class)
@Timeout(300)
public abstract class WebApplicationContract
        implements OrderingChapter,
                MergeChapter,
                AnnotationChapter,
                InitializerChapter,
                DescriptorChapter,
                ProtectionChapter,
                GuestChapter {

    private static final Duration GRACE = Duration.ofSeconds(30);

    @TempDir
    Path place;

    /** What carries the requests. */
    @Override
    public abstract TransportUnderTest transport();

    @Override
    public final Path place() {
        return place;
    }

    /** An answer: its head as a text, and its body. */
    private record Answer(String head, String body) {
        int status() {
            return Integer.parseInt(head.split(" ", 3)[1]);
        }
    }

    private GatehouseBuilder server() {
        return Gatehouse.builder().configuration(Configuration.DEFAULTS
                        .withEndpoints(transport().endpoints())
                        .withWorkers(WorkerKind.POOL)
                        .withOptions(Map.of(transport().provider().name(), transport().options())))
                .transport(transport().provider());
    }

    private Answer get(Gatehouse server, String target, String... fields) throws IOException {
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
        for (String field : fields) {
            request.append(field).append("\r\n");
        }
        try (Peer peer = transport().connect(server.endpoints().get(0))) {
            peer.send(StandardCharsets.ISO_8859_1.encode(request.append("\r\n").toString()));
            StringBuilder all = new StringBuilder();
            ByteBuffer buffer = ByteBuffer.allocate(8192);
            while (peer.receive(buffer.clear()) >= 0) {
                all.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            }
            int end = all.indexOf("\r\n\r\n");
            return new Answer(all.substring(0, end + 2), all.substring(end + 4));
        }
    }

    private Path war(String name, Archive archive) throws IOException {
        return archive.war(place.resolve(name));
    }

    private static Archive shop(String version) {
        return new Archive().file("index.html", "<h1>shop</h1>").file("style.css", "body {}")
                .file("WEB-INF/secret.txt", "secret")
                .webXml("<servlet><servlet-name>cart</servlet-name><servlet-class>app.Cart</servlet-class></servlet>"
                        + "<servlet-mapping><servlet-name>cart</servlet-name><url-pattern>/cart/*</url-pattern></servlet-mapping>"
                        + "<error-page><error-code>404</error-code><location>/lost.html</location></error-page>"
                        + "<session-config><cookie-config><name>SHOP</name></cookie-config></session-config>")
                .file("lost.html", "nothing here")
                .classes(SourceCode.servlet("Cart", "", "\"cart " + version
                                + " \" + request.getPathInfo() + \" \" + request.getSession().isNew() + lib.Lib.mark()"),
                        "package lib; public class Lib { public static String mark() { return \"!\"; } }")
                .lib("fragment.jar", new Archive()
                        .fragment("<name>more</name><filter><filter-name>mark</filter-name><filter-class>frag.Mark</filter-class>"
                                + "</filter><filter-mapping><filter-name>mark</filter-name><url-pattern>/*</url-pattern></filter-mapping>")
                        .file("META-INF/resources/from-jar.txt", "from the jar")
                        .sources("package frag; public class Mark implements Filter { public void doFilter(ServletRequest q,"
                                + " ServletResponse s, FilterChain c) throws IOException, ServletException {"
                                + " ((HttpServletResponse) s).setHeader(\"X-Mark\", \"fragment\"); c.doFilter(q, s); } }",
                                "package frag; @WebServlet(\"/annotated\") public class Annotated extends HttpServlet {"
                                        + " protected void doGet(HttpServletRequest q, HttpServletResponse s) throws IOException {"
                                        + " s.getWriter().print(\"annotated\"); } }"));
    }

    @Test
    @Section("10.6")
    void aWarWithAFragmentIsServed() throws Exception {
        try (Gatehouse server = server().webapp("/shop", war("shop.war", shop("1"))).start()) {
            Answer cart = get(server, "/shop/cart/7");
            assertEquals("cart 1 /7 true!", unchunked(cart));
            assertTrue(cart.head().contains("X-Mark: fragment\r\n"), cart.head());
            assertTrue(cart.head().contains("Set-Cookie: SHOP="), cart.head());
            assertEquals("annotated", unchunked(get(server, "/shop/annotated")));
            assertEquals("from the jar", get(server, "/shop/from-jar.txt").body());
            assertEquals("<h1>shop</h1>", get(server, "/shop/").body());
            assertEquals("body {}", get(server, "/shop/style.css").body());
            assertEquals(302, get(server, "/shop").status());
            assertEquals(404, get(server, "/shop/WEB-INF/secret.txt").status());
            assertEquals("nothing here", get(server, "/shop/none").body());
            assertEquals(404, get(server, "/other").status());
        }
    }

    private static String unchunked(Answer answer) {
        if (!answer.head().contains("hunked")) {
            return answer.body();
        }
        StringBuilder text = new StringBuilder();
        String rest = answer.body();
        while (true) {
            int line = rest.indexOf("\r\n");
            int size = Integer.parseInt(rest.substring(0, line), 16);
            if (size == 0) {
                return text.toString();
            }
            text.append(rest, line + 2, line + 2 + size);
            rest = rest.substring(line + 2 + size + 2);
        }
    }

    @Test
    @Section("7.3")
    void sessionsLiveBetweenRequests() throws Exception {
        try (Gatehouse server = server().webapp("/", war("root.war", shop("1"))).start()) {
            String head = get(server, "/cart/1").head();
            int at = head.indexOf("SHOP=");
            String cookie = head.substring(at, head.indexOf(';', at));
            assertEquals("cart 1 /1 false!", unchunked(get(server, "/cart/1", "Cookie: " + cookie)));
        }
    }

    @Test
    @Section("10.7.2")
    void twoApplicationsHaveTheirOwnVersionOfAClass() throws Exception {
        Archive other = shop("2").classes(SourceCode.servlet("Cart", "",
                        "\"cart 2 \" + request.getPathInfo() + \" \" + request.getSession().isNew() + lib.Lib.mark()"),
                "package lib; public class Lib { public static String mark() { return \"?\"; } }");
        try (Gatehouse server = server().webapp("/one", war("one.war", shop("1"))).webapp("/two", war("two.war", other)).start()) {
            assertEquals("cart 1 /a true!", unchunked(get(server, "/one/cart/a")));
            assertEquals("cart 2 /a true?", unchunked(get(server, "/two/cart/a")));
        }
    }

    @Test
    @Section("10.8")
    void anExchangeUnderLoadLosesNothing() throws Exception {
        LiveApplication live = LiveApplication.of(WebApplication.of(war("live.war", shop("0"))).contextPath("/live"));
        ExecutorService clients = Executors.newFixedThreadPool(3);
        try (Gatehouse server = server().webapp(live).start()) {
            AtomicBoolean over = new AtomicBoolean();
            List<Future<Integer>> asking = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                asking.add(clients.submit(() -> {
                    int count = 0;
                    while (!over.get()) {
                        Answer answer = get(server, "/live/cart/x");
                        if (answer.status() != 200 || !unchunked(answer).matches("cart \\d /x true!")) {
                            throw new AssertionError(answer.toString());
                        }
                        count++;
                    }
                    return count;
                }));
            }
            for (int version = 1; version < 6; version++) {
                war("live.war", shop("" + version));
                assertTrue(live.redeploy(GRACE));
                assertEquals("cart " + version + " /x true!", unchunked(get(server, "/live/cart/x")));
            }
            over.set(true);
            for (Future<Integer> each : asking) {
                assertTrue(each.get() > 0);
            }
        } finally {
            clients.shutdownNow();
        }
        assertNull(live.context());
    }

    @Test
    @Section("10.8")
    void anExchangeEmptiesTheOutputCache() throws Exception {
        LiveApplication live = LiveApplication.of(WebApplication.of(war("live.war", cacheable("1"))).contextPath("/live"));
        try (Gatehouse server = server().webapp(live).cache("/live/", CachePolicy.untilPurged()).start()) {
            assertEquals("text 1", get(server, "/live/text").body());
            Answer hit = get(server, "/live/text");
            assertTrue(hit.head().contains("\nAge: "), hit.head());
            war("live.war", cacheable("2"));
            live.redeploy(GRACE);
            assertEquals("text 2", get(server, "/live/text").body());
        }
    }

    private static Archive cacheable(String version) {
        return new Archive().classes("package app; @WebServlet(\"/text\") public class T extends HttpServlet { protected void doGet("
                + "HttpServletRequest q, HttpServletResponse s) throws IOException { s.setContentLength(6);"
                + " s.getWriter().print(\"text " + version + "\"); } }");
    }

    /** Values that the application hangs on the server's workers go with these, which are renewed. */
    @Test
    @Section("10.8")
    void threadLocalsOfWorkersKeepNoClassLoader() throws Exception {
        Archive archive = new Archive().classes(
                "package app; public class Held { static final ThreadLocal<Held> HELD = new ThreadLocal<>(); }",
                "package app; @WebServlet(\"/hold\") public class H extends HttpServlet { protected void doGet(HttpServletRequest q,"
                        + " HttpServletResponse s) throws IOException { Held.HELD.set(new Held()); s.getWriter().print(\"held\"); } }");
        LiveApplication live = LiveApplication.of(WebApplication.of(war("leak.war", archive)).contextPath("/leak"));
        Heap heap = new Heap();
        try (Gatehouse server = server().webapp(live).start()) {
            for (int i = 0; i < 10; i++) {
                heap.watch(live.context().getClassLoader());
                for (int j = 0; j < 3; j++) {
                    assertEquals("held", unchunked(get(server, "/leak/hold")));
                }
                live.redeploy(GRACE);
            }
            assertEquals(0, heap.left());
            assertEquals(0, live.survivors());
            assertNotNull(live.context());
        }
    }

    @Test
    @Section("10.3")
    void theConfigurationMountsApplications() throws Exception {
        try (Gatehouse server = configured("webapp./shop/", war("shop.war", shop("9")).toString())) {
            assertEquals("cart 9 null true!", unchunked(get(server, "/shop/cart")));
        }
    }

    private Gatehouse configured(String... lines) throws IOException {
        Properties file = new Properties();
        for (int i = 0; i < lines.length; i += 2) {
            file.setProperty(lines[i], lines[i + 1]);
        }
        Configuration configuration = Configuration.of(Configuration.DEFAULTS
                .withEndpoints(transport().endpoints())
                .withOptions(Map.of(transport().provider().name(), transport().options())), file, Map.of(), new Properties());
        return Gatehouse.builder().configuration(configuration).transport(transport().provider()).start();
    }

    @Test
    @Section("13.6")
    void theConfigurationSaysWhoMayLogIn() throws Exception {
        Path users = Files.writeString(place.resolve("users.properties"), "ada.password=plain:secret\nada.roles=staff\n");
        Path war = war("closed.war", new Archive().file("a.txt", "inside").webXml("<security-constraint><web-resource-collection>"
                + "<web-resource-name>all</web-resource-name><url-pattern>/*</url-pattern></web-resource-collection>"
                + "<auth-constraint><role-name>staff</role-name></auth-constraint></security-constraint>"
                + "<login-config><auth-method>BASIC</auth-method><realm-name>shop</realm-name></login-config>"
                + "<security-role><role-name>staff</role-name></security-role>"));
        try (Gatehouse server = configured("webapp./one/", war.toString(), "users./one/", users.toString(),
                "webapp./two/", war.toString(), "isolation./two/", "apart")) {
            String right = "Authorization: Basic " + Base64.getEncoder().encodeToString("ada:secret".getBytes(StandardCharsets.UTF_8));
            String wrong = "Authorization: Basic " + Base64.getEncoder().encodeToString("ada:guess".getBytes(StandardCharsets.UTF_8));
            assertEquals(401, get(server, "/one/a.txt").status());
            assertEquals(401, get(server, "/one/a.txt", wrong).status());
            assertEquals("inside", get(server, "/one/a.txt", right).body());
            assertEquals(401, get(server, "/two/a.txt", right).status());
        }
    }

    /** Its thread listens to the interrupt here, which is the kinder case; the request is answered either way. */
    @Test
    @Section("10.3")
    void theConfigurationBoundsWhatAnApplicationTakes() throws Exception {
        Path war = war("loop.war", new Archive().classes("package app; @WebServlet(\"/loop\") public class L extends HttpServlet {"
                + " protected void doGet(HttpServletRequest q, HttpServletResponse s) {"
                + " while (!Thread.currentThread().isInterrupted()) Thread.onSpinWait(); } }"));
        try (Gatehouse server =
                configured("webapp./loop/", war.toString(), "isolation./loop/", "in-flight=1, queue=0, request-time=50ms")) {
            assertEquals(503, get(server, "/loop/loop").status());
        }
    }

    @Test
    @Section("14.2")
    void aBrokenApplicationKeepsTheServerFromStarting() throws Exception {
        Path war = war("bad.war", new Archive().webXml("<servet/>"));
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> server().webapp("/bad", war).start());
        assertTrue(refused.getMessage().startsWith("the web application at /bad/ can't be deployed: WEB-INF/web.xml line 2"),
                refused.getMessage());
    }
}
