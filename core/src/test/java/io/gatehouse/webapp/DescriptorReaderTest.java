/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.descriptor.JspPropertyGroupDescriptor;
import jakarta.servlet.descriptor.TaglibDescriptor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every element of Servlet 6.1 chapter 14, and what is refused of each. */
@Section("14.2")
@DisplayNameGeneration(SectionNames.class)
class DescriptorReaderTest {

    private static Map<String, String> values(Map<String, Said<String>> said) {
        Map<String, String> values = new TreeMap<>();
        said.forEach((key, value) -> values.put(key, value.value()));
        return values;
    }

    @Test
    void aServletWithEverything() throws Exception {
        Declaration servlet = Documents.read("""
                <servlet>
                  <description>sells</description><display-name>Shop</display-name><icon/>
                  <servlet-name>shop</servlet-name>
                  <servlet-class> app.Shop </servlet-class>
                  <init-param><param-name>a</param-name><param-value>1</param-value></init-param>
                  <init-param><description>d</description><param-name>b</param-name><param-value/></init-param>
                  <load-on-startup>3</load-on-startup>
                  <enabled>TRUE</enabled>
                  <async-supported>true</async-supported>
                  <run-as><role-name>clerk</role-name></run-as>
                  <security-role-ref><role-name>boss</role-name><role-link>owner</role-link></security-role-ref>
                  <security-role-ref><role-name>clerk</role-name></security-role-ref>
                  <multipart-config><location>/tmp/x</location><max-file-size>5000000000</max-file-size>
                    <max-request-size>6000000000</max-request-size><file-size-threshold>1024</file-size-threshold></multipart-config>
                </servlet>""").servlets.get("shop");
        assertEquals("app.Shop", servlet.className());
        assertEquals(Map.of("a", "1", "b", ""), values(servlet.parameters()));
        assertEquals(3, servlet.loadOnStartup());
        assertTrue(servlet.enabled());
        assertTrue(servlet.asyncSupported());
        assertEquals("clerk", servlet.runAs());
        assertEquals(Map.of("boss", "owner", "clerk", "clerk"), values(servlet.roleLinks()));
        assertEquals(new MultipartSettings("/tmp/x", 5_000_000_000L, 6_000_000_000L, 1024), servlet.multipart());
        assertEquals(2, servlet.place().line());
    }

    @Test
    void aServletWithAlmostNothing() throws Exception {
        Declaration servlet = Documents.read("<servlet><servlet-name>page</servlet-name><jsp-file>/a.jsp</jsp-file>"
                + "<load-on-startup/><multipart-config/></servlet>").servlets.get("page");
        assertNull(servlet.className());
        assertEquals("/a.jsp", servlet.jspFile());
        assertNull(servlet.loadOnStartup());
        assertTrue(servlet.enabled());
        assertFalse(servlet.asyncSupported());
        assertNull(servlet.runAs());
        assertEquals(new MultipartSettings("", -1, -1, 0), servlet.multipart());
    }

    @Test
    void mappingsAndFiltersKeepTheirOrder() throws Exception {
        Descriptor read = Documents.read("""
                <filter><filter-name>f</filter-name><filter-class>app.F</filter-class><async-supported>true</async-supported>
                  <init-param><param-name>p</param-name><param-value>v</param-value></init-param></filter>
                <filter><filter-name>e</filter-name><filter-class>app.E</filter-class></filter>
                <filter-mapping><filter-name>e</filter-name><url-pattern>/*</url-pattern></filter-mapping>
                <filter-mapping><filter-name>f</filter-name><url-pattern>*.do</url-pattern><servlet-name>s</servlet-name>
                  <servlet-name>*</servlet-name><dispatcher>FORWARD</dispatcher><dispatcher>ASYNC</dispatcher></filter-mapping>
                <servlet-mapping><servlet-name>s</servlet-name><url-pattern>/a</url-pattern><url-pattern></url-pattern>
                  <url-pattern>/</url-pattern></servlet-mapping>
                <listener><listener-class>app.L2</listener-class></listener>
                <listener><listener-class>app.L1</listener-class></listener>
                <listener><listener-class>app.L2</listener-class></listener>""");
        assertEquals(List.of("f", "e"), List.copyOf(read.filters.keySet()));
        assertTrue(read.filters.get("f").asyncSupported());
        assertEquals("app.E", read.filters.get("e").className());
        assertEquals(Map.of("p", "v"), values(read.filters.get("f").parameters()));
        assertEquals(List.of("e", "f"), read.filterMappings.stream().map(FilterMapping::filter).toList());
        FilterMapping second = read.filterMappings.get(1);
        assertEquals(List.of("*.do"), second.patterns());
        assertEquals(List.of("s", "*"), second.servlets());
        assertEquals(Set.of(DispatcherType.FORWARD, DispatcherType.ASYNC), second.dispatchers());
        assertEquals(Set.of(), read.filterMappings.get(0).dispatchers());
        assertEquals(List.of("/a", "", "/"), read.servletMappings.get(0).patterns());
        assertEquals(List.of("app.L2", "app.L1"), List.copyOf(read.listeners.keySet()));
    }

    @Test
    void theApplicationAsAWhole() throws Exception {
        Descriptor read = Documents.read("""
                <module-name>m</module-name><description>d</description>
                <display-name>Shop</display-name><display-name xml:lang="de">Laden</display-name>
                <distributable/>
                <context-param><param-name>a</param-name><param-value>1</param-value></context-param>
                <default-context-path>/shop</default-context-path>
                <request-character-encoding>UTF-8</request-character-encoding>
                <response-character-encoding>UTF-16</response-character-encoding>
                <deny-uncovered-http-methods/>
                <absolute-ordering><name>x</name><others/><name>y</name><name>x</name></absolute-ordering>
                <post-construct><lifecycle-callback-class>app.A</lifecycle-callback-class>
                  <lifecycle-callback-method>begin</lifecycle-callback-method></post-construct>
                <pre-destroy><lifecycle-callback-class>app.A</lifecycle-callback-class>
                  <lifecycle-callback-method>end</lifecycle-callback-method></pre-destroy>""");
        assertEquals("Shop", read.displayName);
        assertEquals(true, read.distributable);
        assertEquals(Map.of("a", "1"), values(read.parameters));
        assertEquals("/shop", read.text("default-context-path"));
        assertEquals("UTF-8", read.text("request-character-encoding"));
        assertEquals("UTF-16", read.text("response-character-encoding"));
        assertTrue(read.denyUncoveredMethods);
        assertEquals(List.of("x", Descriptor.OTHERS, "y"), read.absoluteOrdering);
        assertEquals("begin", read.postConstruct.get("app.A").value());
        assertEquals("end", read.preDestroy.get("app.A").value());
    }

    @Test
    void nothingIsSaidByAnEmptyDescriptor() throws Exception {
        Descriptor read = Documents.read("");
        assertNull(read.displayName);
        assertEquals(false, read.distributable);
        assertNull(read.absoluteOrdering);
        assertNull(read.jsp());
        assertNull(read.login());
        assertFalse(read.ordering.says());
        assertNull(read.text("default-context-path"));
        assertTrue(read.session.isEmpty() && read.welcomeFiles.isEmpty() && read.references.isEmpty());
    }

    @Test
    void sessions() throws Exception {
        Descriptor read = Documents.read("""
                <session-config><session-timeout>45</session-timeout>
                  <cookie-config><name>SID</name><domain>example.com</domain><path>/shop</path><comment>c</comment>
                    <http-only>true</http-only><secure>False</secure><max-age>3600</max-age>
                    <attribute><attribute-name>SameSite</attribute-name><attribute-value>Strict</attribute-value></attribute>
                    <attribute><attribute-name>Partitioned</attribute-name><attribute-value/></attribute></cookie-config>
                  <tracking-mode>COOKIE</tracking-mode><tracking-mode>URL</tracking-mode></session-config>""");
        assertEquals(Map.of("session-timeout", "45", "cookie/name", "SID", "cookie/domain", "example.com", "cookie/path", "/shop",
                "cookie/comment", "c", "cookie/http-only", "true", "cookie/secure", "false", "cookie/max-age", "3600",
                "cookie:SameSite", "Strict", "cookie:Partitioned", ""), values(read.session));
        assertEquals(Set.of("COOKIE", "URL"), read.trackingModes);
    }

    @Test
    void contentAndItsNames() throws Exception {
        Descriptor read = Documents.read("""
                <mime-mapping><extension>MML</extension><mime-type>text/mathml</mime-type></mime-mapping>
                <welcome-file-list><welcome-file>index.jsp</welcome-file><welcome-file>/home.html</welcome-file></welcome-file-list>
                <welcome-file-list><welcome-file>last</welcome-file></welcome-file-list>
                <error-page><error-code>404</error-code><location>/lost.html</location></error-page>
                <error-page><exception-type>java.io.IOException</exception-type><location>/io.jsp</location></error-page>
                <error-page><location>/any</location></error-page>
                <locale-encoding-mapping-list>
                  <locale-encoding-mapping><locale>ja</locale><encoding>Shift_JIS</encoding></locale-encoding-mapping>
                  <locale-encoding-mapping><locale>de_AT</locale><encoding>ISO-8859-1</encoding></locale-encoding-mapping>
                </locale-encoding-mapping-list>""");
        assertEquals(Map.of("mml", "text/mathml"), values(read.mimeTypes));
        assertEquals(List.of("index.jsp", "home.html", "last"), List.copyOf(read.welcomeFiles));
        assertEquals(Map.of("404", "/lost.html", "java.io.IOException", "/io.jsp", "", "/any"), values(read.errorPages));
        assertEquals(Map.of("ja", "Shift_JIS", "de_AT", "ISO-8859-1"), values(read.localeCharsets));
    }

    @Test
    void pages() throws Exception {
        JspSettings jsp = Documents.read("""
                <jsp-config>
                  <taglib><taglib-uri>/t</taglib-uri><taglib-location>/WEB-INF/t.tld</taglib-location></taglib>
                  <jsp-property-group><url-pattern>*.jspf</url-pattern><url-pattern>/p/*</url-pattern>
                    <el-ignored>true</el-ignored><page-encoding>UTF-8</page-encoding><scripting-invalid>true</scripting-invalid>
                    <is-xml>false</is-xml><include-prelude>/pre</include-prelude><include-coda>/post</include-coda>
                    <deferred-syntax-allowed-as-literal>true</deferred-syntax-allowed-as-literal>
                    <trim-directive-whitespaces>true</trim-directive-whitespaces><default-content-type>text/html</default-content-type>
                    <buffer>16kb</buffer><error-on-undeclared-namespace>true</error-on-undeclared-namespace>
                    <error-on-el-not-found>false</error-on-el-not-found></jsp-property-group>
                </jsp-config>""").jsp();
        TaglibDescriptor library = jsp.getTaglibs().iterator().next();
        assertEquals("/t /WEB-INF/t.tld", library.getTaglibURI() + " " + library.getTaglibLocation());
        JspPropertyGroupDescriptor group = jsp.getJspPropertyGroups().iterator().next();
        assertEquals(List.of("*.jspf", "/p/*"), List.copyOf(group.getUrlPatterns()));
        assertEquals("true UTF-8 true false", group.getElIgnored() + " " + group.getPageEncoding() + " "
                + group.getScriptingInvalid() + " " + group.getIsXml());
        assertEquals(List.of("/pre"), List.copyOf(group.getIncludePreludes()));
        assertEquals(List.of("/post"), List.copyOf(group.getIncludeCodas()));
        assertEquals("true true text/html", group.getDeferredSyntaxAllowedAsLiteral() + " "
                + group.getTrimDirectiveWhitespaces() + " " + group.getDefaultContentType());
        assertEquals("16kb true false", group.getBuffer() + " " + group.getErrorOnUndeclaredNamespace() + " "
                + group.getErrorOnELNotFound());
    }

    @Test
    void security() throws Exception {
        Descriptor read = Documents.read("""
                <security-constraint><display-name>c</display-name>
                  <web-resource-collection><web-resource-name>all</web-resource-name><url-pattern>/*</url-pattern>
                    <http-method>GET</http-method><http-method>PATCH</http-method></web-resource-collection>
                  <web-resource-collection><web-resource-name>more</web-resource-name><url-pattern>/m</url-pattern>
                    <http-method-omission>POST</http-method-omission></web-resource-collection>
                  <auth-constraint><role-name>*</role-name><role-name>admin</role-name></auth-constraint>
                  <user-data-constraint><transport-guarantee>CONFIDENTIAL</transport-guarantee></user-data-constraint>
                </security-constraint>
                <security-constraint><web-resource-collection><web-resource-name>no</web-resource-name>
                  <url-pattern>/no/*</url-pattern></web-resource-collection><auth-constraint/></security-constraint>
                <security-constraint><web-resource-collection><web-resource-name>open</web-resource-name>
                  <url-pattern>/open/*</url-pattern></web-resource-collection></security-constraint>
                <login-config><auth-method>FORM</auth-method><realm-name>Shop</realm-name><form-login-config>
                  <form-login-page>/login</form-login-page><form-error-page>/again</form-error-page></form-login-config></login-config>
                <security-role><description>d</description><role-name>admin</role-name></security-role>
                <security-role><role-name>clerk</role-name></security-role>""");
        ConstraintElement first = read.constraints.get(0);
        assertEquals(Set.of("*", "admin"), first.roles());
        assertEquals("CONFIDENTIAL", first.guarantee());
        assertEquals(new ConstraintElement.ResourceCollection("all", List.of("/*"), Set.of("GET", "PATCH"), Set.of()),
                first.collections().get(0));
        assertEquals(new ConstraintElement.ResourceCollection("more", List.of("/m"), Set.of(), Set.of("POST")),
                first.collections().get(1));
        assertEquals(Set.of(), read.constraints.get(1).roles());
        assertNull(read.constraints.get(2).roles());
        assertEquals("NONE", read.constraints.get(2).guarantee());
        assertEquals(new LoginSettings("FORM", "Shop", "/login", "/again"), read.login());
        assertEquals(Set.of("admin", "clerk"), read.roles);
    }

    @Test
    void whatNeedsANamingServiceIsNoted() throws Exception {
        List<String> found = Documents.read("""
                <env-entry><env-entry-name>max</env-entry-name><env-entry-type>java.lang.Integer</env-entry-type>
                  <env-entry-value>1</env-entry-value></env-entry>
                <resource-ref><res-ref-name>jdbc/db</res-ref-name><res-type>javax.sql.DataSource</res-type></resource-ref>
                <data-source><name>java:app/db</name><class-name>x</class-name></data-source>
                <persistence-unit-ref><persistence-unit-ref-name>pu</persistence-unit-ref-name></persistence-unit-ref>""")
                .references.stream().map(Said::value).toList();
        assertEquals(List.of("<env-entry> max", "<resource-ref> jdbc/db", "<data-source> java:app/db",
                "<persistence-unit-ref> pu"), found);
    }

    @Test
    void aFragmentHasANameAndAnOrder() throws Exception {
        Descriptor read = Documents.readFragment("a.jar", """
                <name>A</name>
                <ordering><before><name>B</name><others/></before><after><name>C</name><name>D</name></after></ordering>""");
        assertEquals("A", read.name);
        assertEquals(new Ordering(Set.of("B"), true, Set.of("C", "D"), false), read.ordering);
        assertTrue(read.ordering.says());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<servlet><servlet-class>a</servlet-class></servlet>                   | <servlet> has no <servlet-name>: add one",
        "<servlet><servlet-name>a</servlet-name><servlet-name>b</servlet-name></servlet> | <servlet> has a second <servlet-name>",
        "<servlet><servlet-name>a</servlet-name></servlet><servlet><servlet-name>a</servlet-name></servlet> | the servlet a is declared in line 2 already",
        "<filter><filter-name>a</filter-name></filter><filter><filter-name>a</filter-name></filter> | the filter a is declared in line 2 already",
        "<servlet><servlet-name>a</servlet-name><servlet-class>b</servlet-class><jsp-file>/c</jsp-file></servlet> | has both a class and a page",
        "<servlet><servlet-name>a</servlet-name><jsp-file>c.jsp</jsp-file></servlet> | <jsp-file> is 'c.jsp': begin it with a slash",
        "<servlet><servlet-name>a</servlet-name><load-on-startup>soon</load-on-startup></servlet> | <load-on-startup> is 'soon': write a whole number",
        "<servlet><servlet-name>a</servlet-name><load-on-startup>5000000000</load-on-startup></servlet> | write a number from -2147483648",
        "<servlet><servlet-name>a</servlet-name><async-supported>yes</async-supported></servlet> | <async-supported> is 'yes': write true or false",
        "<servlet><servlet-name>a</servlet-name><init-parm/></servlet>         | <init-parm> is unknown in <servlet>: did you mean <init-param>?",
        "<servlet><servlet-name>a</servlet-name><run-as/></servlet>            | <run-as> has no <role-name>",
        "<servlet><servlet-name>a</servlet-name><multipart-config><max-size>1</max-size></multipart-config></servlet> | <max-size> is unknown",
        "<servlet-mapping><servlet-name>a</servlet-name></servlet-mapping>     | <servlet-mapping> has no <url-pattern>",
        "<servlet-mapping><url-pattern>/a</url-pattern></servlet-mapping>      | <servlet-mapping> has no <servlet-name>",
        "<servlet-mapping><servlet-name>a</servlet-name><url-pattern>a</url-pattern></servlet-mapping> | the URL pattern 'a' is none of the five kinds",
        "<servlet-mapping><servlet-name>a</servlet-name><url-pattern>*.</url-pattern></servlet-mapping> | the URL pattern '*.' is none",
        "<servlet-mapping><servlet-name>a</servlet-name><url-pattern>*.a/b</url-pattern></servlet-mapping> | the URL pattern '*.a/b' is none",
        "<filter-mapping><filter-name>a</filter-name></filter-mapping>         | <filter-mapping> has no <url-pattern>",
        "<filter-mapping><filter-name>a</filter-name><url-pattern>/</url-pattern><dispatcher>request</dispatcher></filter-mapping> | <dispatcher> is 'request': write REQUEST, FORWARD",
        "<listener/>                                                           | <listener> has no <listener-class>",
        "<context-param><param-value>1</param-value></context-param>           | <context-param> has no <param-name>",
        "<session-config><tracking-mode>cookie</tracking-mode></session-config> | <tracking-mode> is 'cookie': write COOKIE, URL or SSL",
        "<session-config><session-timeout>1h</session-timeout></session-config> | <session-timeout> is '1h'",
        "<session-config><cookie-config><same-site>Lax</same-site></cookie-config></session-config> | <same-site> is unknown in <cookie-config>",
        "<session-config><cookie-config><name>a</name><name>b</name></cookie-config></session-config> | <name> of cookie/name is a in line 2 and b here",
        "<mime-mapping><extension>x</extension></mime-mapping>                 | <mime-mapping> has no <mime-type>",
        "<mime-mapping><extension>x</extension><mime-type>a/b</mime-type></mime-mapping><mime-mapping><extension>X</extension><mime-type>c/d</mime-type></mime-mapping> | <mime-mapping> of x is a/b in line 2 and c/d here",
        "<welcome-file-list><welcome-file>/</welcome-file></welcome-file-list> | <welcome-file> is '/': write a name like index.html",
        "<error-page><error-code>404</error-code><exception-type>x</exception-type><location>/</location></error-page> | make two of it",
        "<error-page><error-code>40</error-code><location>/</location></error-page> | <error-code> is 40: write a status of three digits",
        "<error-page><error-code>404</error-code></error-page>                 | <error-page> has no <location>",
        "<error-page><error-code>404</error-code><location>x</location></error-page> | <location> is 'x': begin it with a slash",
        "<jsp-config><jsp-property-group/></jsp-config>                        | <jsp-property-group> has no <url-pattern>",
        "<security-constraint/>                                                | has no <web-resource-collection>",
        "<security-constraint><web-resource-collection/></security-constraint> | it would protect nothing",
        "<security-constraint><web-resource-collection><url-pattern>/</url-pattern><http-method>GET</http-method><http-method-omission>PUT</http-method-omission></web-resource-collection></security-constraint> | leave one kind",
        "<security-constraint><web-resource-collection><url-pattern>/</url-pattern><http-method>GET POST</http-method></web-resource-collection></security-constraint> | <http-method> is 'GET POST'",
        "<security-constraint><web-resource-collection><url-pattern>/</url-pattern></web-resource-collection><user-data-constraint><transport-guarantee>TLS</transport-guarantee></user-data-constraint></security-constraint> | <transport-guarantee> is 'TLS'",
        "<login-config><auth-method>FORM</auth-method></login-config>          | FORM needs a <form-login-config>",
        "<login-config><form-login-config><form-login-page>x</form-login-page></form-login-config></login-config> | <form-login-page> is 'x'",
        "<login-config/><login-config/>                                        | a second <login-config>",
        "<absolute-ordering><others/><others/></absolute-ordering>             | <others/> twice",
        "<absolute-ordering/><absolute-ordering/>                              | a second <absolute-ordering>",
        "<post-construct><lifecycle-callback-class>A</lifecycle-callback-class></post-construct> | has no <lifecycle-callback-method>",
        "<default-context-path>/a</default-context-path><default-context-path>/b</default-context-path> | a second <default-context-path>"})
    void mistakesAreNamedWithTheirLine(String elements, String message) {
        DeploymentException refused = assertThrows(DeploymentException.class, () -> Documents.read(elements));
        assertTrue(refused.getMessage().startsWith("WEB-INF/web.xml line 2: "), refused.getMessage());
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    /** Descriptors that other containers take do that. */
    @Test
    void ofAParameterThatIsSetTwiceTheFirstValueHolds() throws Exception {
        String init = "<init-param><param-name>%1$s</param-name><param-value>%2$s</param-value></init-param>\n";
        try (CapturedLog log = new CapturedLog()) {
            Descriptor read = Documents.read("<servlet><servlet-name>a</servlet-name>" + init.formatted("x", "first")
                    + init.formatted("x", "second") + init.formatted("y", "1") + init.formatted("y", "1") + "</servlet>"
                    + "<context-param><param-name>z</param-name><param-value>first</param-value></context-param>\n"
                    + "<context-param><param-name>z</param-name></context-param>");
            assertEquals(Map.of("x", "first", "y", "1"), values(read.servlets.get("a").parameters()));
            assertEquals(Map.of("z", "first"), values(read.parameters));
            assertTrue(log.has("WEB-INF/web.xml line 3: the parameter x is set in line 2 already, to another value"),
                    log.toString());
            assertTrue(log.has("WEB-INF/web.xml line 7: the parameter z is set in line 6 already"), log.toString());
            assertFalse(log.has("the parameter y"), log.toString());
        }
    }

    @Test
    void whatIsSaidTwiceAlikeIsFine() throws Exception {
        Descriptor read = Documents.read("<mime-mapping><extension>x</extension><mime-type>a/b</mime-type></mime-mapping>".repeat(2));
        assertEquals(Map.of("x", "a/b"), values(read.mimeTypes));
    }
}
