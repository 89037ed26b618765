/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule of Servlet 6.1 section 8.2.3. */
@Section("8.2.3")
@DisplayNameGeneration(SectionNames.class)
class MergeTest {

    private static final String NONE = "";

    /** A web.xml and the fragments of one.jar, two.jar and so on. */
    private static Descriptor merged(String webXml, String... fragments) throws Exception {
        List<Descriptor> others = new ArrayList<>();
        for (int i = 0; i < fragments.length; i++) {
            others.add(Documents.readFragment(List.of("one.jar", "two.jar", "three.jar").get(i), fragments[i]));
        }
        return Merge.of(Documents.read(webXml), others);
    }

    private static String servlet(String name, String rest) {
        return "<servlet><servlet-name>" + name + "</servlet-name>" + rest + "</servlet>";
    }

    private static String init(String name, String value) {
        return "<init-param><param-name>" + name + "</param-name><param-value>" + value + "</param-value></init-param>";
    }

    private static String mapping(String servlet, String pattern) {
        return "<servlet-mapping><servlet-name>" + servlet + "</servlet-name><url-pattern>" + pattern
                + "</url-pattern></servlet-mapping>";
    }

    private static String filterMapping(String filter, String pattern) {
        return "<filter-mapping><filter-name>" + filter + "</filter-name><url-pattern>" + pattern
                + "</url-pattern></filter-mapping>";
    }

    private static Map<String, String> values(Map<String, Said<String>> said) {
        Map<String, String> values = new TreeMap<>();
        said.forEach((key, value) -> values.put(key, value.value()));
        return values;
    }

    private static List<String> patterns(Descriptor merged) {
        return merged.servletMappings.stream().map(each -> each.servlet() + each.patterns()).toList();
    }

    @Test
    void fragmentsAddToTheMainDescriptor() throws Exception {
        Descriptor merged = merged(servlet("a", "<servlet-class>app.A</servlet-class>") + mapping("a", "/a"),
                servlet("b", "<servlet-class>app.B</servlet-class>") + mapping("b", "/b"),
                servlet("c", "<servlet-class>app.C</servlet-class>") + mapping("c", "/c"));
        assertEquals(List.of("a", "b", "c"), List.copyOf(merged.servlets.keySet()));
        assertEquals(List.of("a[/a]", "b[/b]", "c[/c]"), patterns(merged));
        assertEquals("WEB-INF/web.xml", merged.document());
        assertEquals("one.jar!/META-INF/web-fragment.xml line 2", merged.servlets.get("b").place().toString());
    }

    @Test
    void initParametersAddUpAndTheMainDescriptorWins() throws Exception {
        Descriptor merged = merged(
                servlet("a", "<servlet-class>app.A</servlet-class>" + init("x", "main") + init("y", "main")),
                servlet("a", init("x", "one") + init("z", "one")),
                servlet("a", init("x", "two") + init("z", "one") + init("w", "two")));
        assertEquals(Map.of("x", "main", "y", "main", "z", "one", "w", "two"), values(merged.servlets.get("a").parameters()));
    }

    @Test
    void contradictingInitParametersOfFragmentsFail() {
        DeploymentException refused = assertThrows(DeploymentException.class, () -> merged(
                servlet("a", init("y", "1")), servlet("a", init("x", "1")), servlet("a", init("x", "2"))));
        assertEquals("two.jar!/META-INF/web-fragment.xml line 2: servlet a <init-param> x is '2' here and '1' in"
                + " one.jar!/META-INF/web-fragment.xml line 2: say in web.xml which of them holds", refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<load-on-startup>1</load-on-startup>          | <load-on-startup>2</load-on-startup>",
        "<async-supported>true</async-supported>       | <async-supported>false</async-supported>",
        "<enabled>true</enabled>                       | <enabled>false</enabled>",
        "<servlet-class>app.A</servlet-class>          | <servlet-class>app.B</servlet-class>",
        "<jsp-file>/a</jsp-file>                       | <jsp-file>/b</jsp-file>",
        "<run-as><role-name>a</role-name></run-as>     | <run-as><role-name>b</role-name></run-as>",
        "<multipart-config/>                           | <multipart-config><location>x</location></multipart-config>"})
    void whatStandsOnceIsInheritedOverruledOrContradicted(String one, String two) throws Exception {
        Declaration inherited = merged(servlet("a", NONE), servlet("a", one)).servlets.get("a");
        Declaration alone = merged(servlet("a", one)).servlets.get("a");
        assertEquals(read(alone), read(inherited));
        assertEquals(read(alone), read(merged(servlet("a", one), servlet("a", two)).servlets.get("a")));
        assertEquals(read(alone), read(merged(servlet("a", one), servlet("a", two), servlet("a", two)).servlets.get("a")));
        assertEquals(read(alone), read(merged(servlet("a", NONE), servlet("a", one), servlet("a", one)).servlets.get("a")));
        assertThrows(DeploymentException.class, () -> merged(servlet("a", NONE), servlet("a", one), servlet("a", two)));
        assertThrows(DeploymentException.class, () -> merged(NONE, servlet("a", one), servlet("a", two)));
    }

    private static Map<String, Object> read(Declaration declaration) {
        Map<String, Object> values = new TreeMap<>();
        declaration.settings().forEach((key, said) -> values.put(key, said.value()));
        return values;
    }

    @Test
    void aPageTakesThePlaceOfAClassAndTheOtherWayRound() throws Exception {
        Declaration page = merged(servlet("a", "<jsp-file>/a</jsp-file>"),
                servlet("a", "<servlet-class>app.A</servlet-class><load-on-startup>1</load-on-startup>")).servlets.get("a");
        assertNull(page.className());
        assertEquals(1, page.loadOnStartup());
        Declaration type = merged(servlet("a", "<servlet-class>app.A</servlet-class>"),
                servlet("a", "<jsp-file>/a</jsp-file>")).servlets.get("a");
        assertNull(type.jspFile());
    }

    @Test
    void mappingsAddUpAcrossFragmentsButTheMainOnesStandAlone() throws Exception {
        assertEquals(List.of("a[/one]", "a[/two]"),
                patterns(merged(servlet("a", NONE), mapping("a", "/one"), mapping("a", "/two"))));
        assertEquals(List.of("a[/main]", "b[/b]"),
                patterns(merged(servlet("a", NONE) + mapping("a", "/main"), mapping("a", "/one") + mapping("b", "/b"))));
        Descriptor filters = merged(filterMapping("f", "/main"), filterMapping("f", "/one") + filterMapping("g", "/g"),
                filterMapping("g", "/h"));
        assertEquals(List.of("f[/main]", "g[/g]", "g[/h]"),
                filters.filterMappings.stream().map(each -> each.filter() + each.patterns()).toList());
    }

    @Test
    void filtersMergeAsServletsDo() throws Exception {
        String main = "<filter><filter-name>f</filter-name><filter-class>app.F</filter-class></filter>";
        String other = "<filter><filter-name>f</filter-name><filter-class>app.G</filter-class>"
                + "<async-supported>true</async-supported>" + init("x", "1") + "</filter>";
        Declaration merged = merged(main, other).filters.get("f");
        assertEquals("app.F", merged.className());
        assertTrue(merged.asyncSupported());
        assertEquals(Map.of("x", "1"), values(merged.parameters()));
        assertThrows(DeploymentException.class, () -> merged(NONE, main, other));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "<mime-mapping><extension>x</extension><mime-type>a/VALUE</mime-type></mime-mapping>",
        "<context-param><param-name>p</param-name><param-value>VALUE</param-value></context-param>",
        "<error-page><error-code>404</error-code><location>/VALUE</location></error-page>",
        "<error-page><location>/VALUE</location></error-page>",
        "<error-page><exception-type>E</exception-type><location>/VALUE</location></error-page>",
        "<session-config><session-timeout>VALUE</session-timeout></session-config>",
        "<session-config><cookie-config><name>VALUE</name></cookie-config></session-config>",
        "<login-config><auth-method>BASIC</auth-method><realm-name>VALUE</realm-name></login-config>",
        "<jsp-config><taglib><taglib-uri>u</taglib-uri><taglib-location>VALUE</taglib-location></taglib></jsp-config>",
        "<locale-encoding-mapping-list><locale-encoding-mapping><locale>de</locale><encoding>VALUE</encoding>"
                + "</locale-encoding-mapping></locale-encoding-mapping-list>",
        "<post-construct><lifecycle-callback-class>A</lifecycle-callback-class>"
                + "<lifecycle-callback-method>VALUE</lifecycle-callback-method></post-construct>"})
    void keyedElementsOfTheWholeApplication(String text) throws Exception {
        String one = text.replace("VALUE", "1");
        String two = text.replace("VALUE", "2");
        String main = text.replace("VALUE", "3");
        assertEquals(Documents.read(one).errorPages.keySet(), merged(NONE, one).errorPages.keySet());
        assertEquals(all(Documents.read(one)), all(merged(NONE, one)));
        assertEquals(all(Documents.read(one)), all(merged(NONE, one, one)));
        assertEquals(all(Documents.read(main)), all(merged(main, one, two)));
        DeploymentException refused = assertThrows(DeploymentException.class, () -> merged(NONE, one, two));
        assertTrue(refused.getMessage().startsWith("two.jar!/META-INF/web-fragment.xml line 2: "), refused.getMessage());
        assertTrue(refused.getMessage().endsWith("say in web.xml which of them holds"), refused.getMessage());
    }

    /** Section 8.2.3: who writes one into web.xml answers for the list being whole. */
    @ParameterizedTest
    @ValueSource(strings = {"post-construct", "pre-destroy"})
    void callbacksOfTheMainDescriptorStandAlone(String kind) throws Exception {
        String callback = "<" + kind + "><lifecycle-callback-class>%s</lifecycle-callback-class>"
                + "<lifecycle-callback-method>m</lifecycle-callback-method></" + kind + ">";
        Descriptor one = merged(callback.formatted("A"), callback.formatted("B"));
        Descriptor two = merged(NONE, callback.formatted("A"), callback.formatted("B"));
        boolean first = kind.equals("post-construct");
        assertEquals(Map.of("A", "m"), values(first ? one.postConstruct : one.preDestroy));
        assertEquals(Map.of("A", "m", "B", "m"), values(first ? two.postConstruct : two.preDestroy));
    }

    /** All that is keyed, values alone. */
    private static List<Map<String, String>> all(Descriptor descriptor) {
        Map<String, String> settings = new TreeMap<>();
        descriptor.settings.forEach((key, said) -> settings.put(key, said.value().toString()));
        return List.of(settings, values(descriptor.parameters), values(descriptor.session), values(descriptor.mimeTypes),
                values(descriptor.errorPages), values(descriptor.localeCharsets), values(descriptor.taglibs),
                values(descriptor.postConstruct));
    }

    @Test
    void listsAddUp() throws Exception {
        Descriptor merged = merged(
                "<welcome-file-list><welcome-file>a</welcome-file></welcome-file-list>"
                        + "<listener><listener-class>L1</listener-class></listener>"
                        + "<security-role><role-name>r1</role-name></security-role>",
                "<welcome-file-list><welcome-file>b</welcome-file><welcome-file>a</welcome-file></welcome-file-list>"
                        + "<listener><listener-class>L2</listener-class></listener>"
                        + "<listener><listener-class>L1</listener-class></listener>"
                        + "<security-role><role-name>r2</role-name></security-role>"
                        + "<jsp-config><jsp-property-group><url-pattern>*.x</url-pattern></jsp-property-group></jsp-config>",
                "<security-constraint><web-resource-collection><url-pattern>/x</url-pattern></web-resource-collection>"
                        + "</security-constraint><env-entry><env-entry-name>e</env-entry-name></env-entry>"
                        + "<jsp-config><jsp-property-group><url-pattern>*.y</url-pattern></jsp-property-group></jsp-config>");
        assertEquals(List.of("a", "b"), List.copyOf(merged.welcomeFiles));
        assertEquals(List.of("L1", "L2"), List.copyOf(merged.listeners.keySet()));
        assertEquals(Set.of("r1", "r2"), merged.roles);
        assertEquals(2, merged.jspGroups.size());
        assertEquals(1, merged.constraints.size());
        assertEquals(1, merged.references.size());
    }

    @ParameterizedTest
    @CsvSource({"true, true, true, true", "true, true, false, false", "false, true, true, false", "true, false, true, false"})
    void anApplicationIsDistributableIfAllOfItIs(boolean main, boolean one, boolean two, boolean expected) throws Exception {
        assertEquals(expected, merged(distributable(main), distributable(one), distributable(two)).distributable);
    }

    private static String distributable(boolean on) {
        return on ? "<distributable/>" : "";
    }

    @Test
    void annotationsHaveNoOpinionOnDistribution() throws Exception {
        assertEquals(true, Merge.of(Documents.read("<distributable/>"), List.of(new Descriptor("annotations"))).distributable);
        assertNull(Merge.of(new Descriptor("none"), List.of(new Descriptor("annotations"))).distributable);
    }

    @Test
    void trackingModesAreTakenAsAWhole() throws Exception {
        String url = "<session-config><tracking-mode>URL</tracking-mode></session-config>";
        String cookie = "<session-config><tracking-mode>COOKIE</tracking-mode></session-config>";
        assertEquals(Set.of("URL"), merged(url, cookie).trackingModes);
        assertEquals(Set.of("URL"), merged(NONE, url, url).trackingModes);
        DeploymentException refused = assertThrows(DeploymentException.class, () -> merged(NONE, url, cookie));
        assertTrue(refused.getMessage().startsWith("two.jar!/META-INF/web-fragment.xml: its <tracking-mode>s are [COOKIE]"),
                refused.getMessage());
    }

    @Test
    void namesAndVersionsAreThoseOfTheMainDescriptor() throws Exception {
        Descriptor merged = Merge.of(
                Documents.readWhole("<web-app xmlns='http://xmlns.jcp.org/xml/ns/javaee' version='3.1' metadata-complete='true'>"
                        + "<display-name>main</display-name><deny-uncovered-http-methods/>"
                        + "<absolute-ordering><others/></absolute-ordering></web-app>"),
                List.of(Documents.readFragment("one.jar", "<display-name>one</display-name>")));
        assertEquals("main", merged.displayName);
        assertEquals("3.1", merged.version.toString());
        assertTrue(merged.metadataComplete && merged.denyUncoveredMethods);
        assertEquals(List.of(Descriptor.OTHERS), merged.absoluteOrdering);
        assertNull(merged(NONE, "<display-name>one</display-name>").displayName);
    }

    @Test
    void theSourcesAreNotChanged() throws Exception {
        Descriptor main = Documents.read(servlet("a", NONE));
        Descriptor other = Documents.readFragment("one.jar", servlet("a", init("x", "1")) + mapping("a", "/a"));
        Merge.of(main, List.of(other));
        assertTrue(main.servlets.get("a").parameters().isEmpty() && main.servletMappings.isEmpty());
        assertEquals(1, other.servlets.get("a").parameters().size());
    }
}
