/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents of every version there was, and documents that are none (Servlet 6.1 section 14.1). */
@Section("14")
@DisplayNameGeneration(SectionNames.class)
class DescriptorVersionsTest {

    @ParameterizedTest
    @CsvSource({
        "2.4, http://java.sun.com/xml/ns/j2ee, true",
        "2.5, http://java.sun.com/xml/ns/javaee, false",
        "3.0, http://java.sun.com/xml/ns/javaee, false",
        "3.1, http://xmlns.jcp.org/xml/ns/javaee, false",
        "4.0, http://xmlns.jcp.org/xml/ns/javaee, false",
        "5.0, https://jakarta.ee/xml/ns/jakartaee, false",
        "6.0, https://jakarta.ee/xml/ns/jakartaee, false",
        "6.1, https://jakarta.ee/xml/ns/jakartaee, false"})
    void everySchemaIsRead(String version, String namespace, boolean complete) throws Exception {
        Descriptor read = Documents.readWhole("<?xml version='1.0' encoding='UTF-8'?>\n<web-app xmlns='" + namespace
                + "' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='" + namespace
                + " nowhere.xsd' version='" + version + "'>\n"
                + "<servlet><servlet-name>a</servlet-name><servlet-class>app.A</servlet-class></servlet>\n</web-app>");
        assertEquals(version, read.version.toString());
        assertEquals(complete, read.metadataComplete);
        assertEquals("app.A", read.servlets.get("a").className());
        assertEquals(3, read.servlets.get("a").place().line());
    }

    @ParameterizedTest
    @CsvSource({
        "2.2, '-//Sun Microsystems, Inc.//DTD Web Application 2.2//EN', http://java.sun.com/j2ee/dtds/web-app_2_2.dtd",
        "2.3, '-//Sun Microsystems, Inc.//DTD Web Application 2.3//EN', http://java.sun.com/dtd/web-app_2_3.dtd"})
    void documentTypesTellTheVersionAndAreNotFetched(String version, String publicId, String systemId) throws Exception {
        Descriptor read = Documents.readWhole("<?xml version='1.0' encoding='ISO-8859-1'?>\n<!DOCTYPE web-app PUBLIC '" + publicId
                + "' '" + systemId + "'>\n<web-app><display-name>old</display-name>"
                + "<taglib><taglib-uri>/x</taglib-uri><taglib-location>/x.tld</taglib-location></taglib></web-app>");
        assertEquals(version, read.version.toString());
        assertEquals("old", read.displayName);
        assertTrue(read.metadataComplete);
        assertEquals("/x.tld", read.taglibs.get("/x").value());
    }

    @Test
    void patternsOfTheOldestVersionMayLackTheirSlash() throws Exception {
        String mapping = "<servlet-mapping><servlet-name>a</servlet-name><url-pattern>old/*</url-pattern></servlet-mapping>";
        Descriptor read = Documents.readWhole(
                "<!DOCTYPE web-app PUBLIC '-//Sun Microsystems, Inc.//DTD Web Application 2.2//EN' 'x'><web-app>" + mapping
                        + "</web-app>");
        assertEquals("/old/*", read.servletMappings.get(0).patterns().get(0));
        DeploymentException refused = assertThrows(DeploymentException.class, () -> Documents.read(mapping));
        assertTrue(refused.getMessage().startsWith("WEB-INF/web.xml line 2: the URL pattern 'old/*'"), refused.getMessage());
    }

    @Test
    void aDocumentWithoutNamespaceAndVersionIsOfToday() throws Exception {
        Descriptor read = Documents.readWhole("<web-app><display-name> a shop </display-name></web-app>");
        assertEquals(Version.CURRENT, read.version);
        assertEquals("a shop", read.displayName);
    }

    @Test
    void aLaterVersionIsReadAsTheLastThatIsKnown() throws Exception {
        Descriptor read = Documents.readWhole("<web-app xmlns='" + Documents.JAKARTA + "' version='7.0'/>");
        assertEquals("7.0", read.version.toString());
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "1, true", "0, false", "' true ', true"})
    void metadataMayBeComplete(String value, boolean complete) throws Exception {
        assertEquals(complete, Documents.readWhole(
                "<web-app xmlns='" + Documents.JAKARTA + "' version='6.1' metadata-complete='" + value + "'/>").metadataComplete);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16", "ISO-8859-1", "windows-1252"})
    void encodingsAreTheDocumentsOwn(String encoding) throws Exception {
        String text = "<?xml version='1.0' encoding='" + encoding + "'?><web-app><display-name>Café</display-name></web-app>";
        Descriptor read = DescriptorReader.webXml(
                "web.xml", new ByteArrayInputStream(text.getBytes(Charset.forName(encoding))));
        assertEquals("Café", read.displayName);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<web-ap/>                                        | line 1: the document begins with <web-ap>: begin it with <web-app>",
        "<web-fragment/>                                  | begin it with <web-app>",
        "<web-app xmlns='urn:other'/>                     | the namespace urn:other is none of a web application's",
        "<web-app version='six'/>                         | version=\"six\" is no version",
        "<web-app metadata-complete='yes'/>               | metadata-complete=\"yes\": write true or false",
        "<web-app>                                        | this is no well-formed XML",
        "<web-app><servlet></web-app>                     | this is no well-formed XML",
        "''                                               | this is no well-formed XML",
        "no XML at all                                    | this is no well-formed XML",
        "<web-app>&nbsp;</web-app>                        | this is no well-formed XML",
        "<web-app><servet/></web-app>                     | <servet> is unknown in <web-app>: did you mean <servlet>?",
        "<web-app><xyzzyplugh/></web-app>                 | <xyzzyplugh> is unknown in <web-app>: remove it",
        "<web-app><name>x</name></web-app>                | <name> is unknown in <web-app>"})
    void otherDocumentsAreRefused(String document, String message) {
        DeploymentException refused = assertThrows(DeploymentException.class, () -> Documents.readWhole(document));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
        assertTrue(refused.getMessage().startsWith("WEB-INF/web.xml"), refused.getMessage());
    }

    @Test
    void elementsOfOtherNamespacesArePassedOver() throws Exception {
        Descriptor read = Documents.read("<x:extra xmlns:x='urn:x'><x:deep><servlet>no</servlet></x:deep>text</x:extra>"
                + "<display-name>mine</display-name>");
        assertEquals("mine", read.displayName);
        assertTrue(read.servlets.isEmpty());
    }

    @Test
    void commentsAndCharacterDataArePartOfTexts() throws Exception {
        assertEquals("a<b> & c", Documents.read(
                "<display-name>a<!-- no -->&lt;b&gt;<![CDATA[ & ]]><?pi no?>c</display-name>").displayName);
    }

    @Test
    @Timeout(60)
    void entitiesDoNotExpand() {
        StringBuilder bomb = new StringBuilder("<!DOCTYPE web-app [<!ENTITY a0 'ha'>");
        for (int i = 1; i < 40; i++) {
            bomb.append("<!ENTITY a").append(i).append(" '&a").append(i - 1).append(";&a").append(i - 1).append(";'>");
        }
        bomb.append("]><web-app><display-name>&a39;</display-name></web-app>");
        assertThrows(DeploymentException.class, () -> Documents.readWhole(bomb.toString()));
    }

    /** A listening socket stands for the world outside: nobody connects to it. */
    @Test
    @Timeout(60)
    void nothingIsFetched() throws Exception {
        try (ServerSocket outside = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String address = "http://127.0.0.1:" + outside.getLocalPort() + "/x.dtd";
            AtomicBoolean called = new AtomicBoolean();
            Thread listener = new Thread(() -> {
                try {
                    outside.accept().close();
                    called.set(true);
                } catch (IOException e) {
                    called.compareAndSet(false, false); // closed at the end, as it should be
                }
            });
            listener.start();
            Documents.readWhole("<!DOCTYPE web-app SYSTEM '" + address + "'><web-app/>");
            Documents.readWhole("<!DOCTYPE web-app [<!ENTITY % p SYSTEM '" + address + "'> %p;]><web-app/>");
            assertThrows(DeploymentException.class, () -> Documents.readWhole(
                    "<!DOCTYPE web-app [<!ENTITY e SYSTEM '" + address + "'>]><web-app><display-name>&e;</display-name></web-app>"));
            outside.close();
            listener.join();
            assertEquals(false, called.get());
        }
    }

    @Test
    void sizeDepthAndNumberAreBounded() {
        String large = "<web-app><!--" + "x".repeat(DescriptorXml.BYTES) + "--></web-app>";
        String deep = "<web-app>" + "<servlet>".repeat(40) + "</servlet>".repeat(40) + "</web-app>";
        String deepElsewhere = "<web-app>" + "<a xmlns='urn:a'>".repeat(40) + "</a>".repeat(40) + "</web-app>";
        String many = "<web-app>" + "<distributable/>".repeat(DescriptorXml.ELEMENTS + 1) + "</web-app>";
        assertRefused(large, "larger than 8388608 bytes");
        assertRefused(deep, "nest deeper than 32");
        assertRefused(deepElsewhere, "nest deeper than 32");
        assertRefused(many, "more than 200000 elements");
    }

    private static void assertRefused(String document, String message) {
        DeploymentException refused = assertThrows(DeploymentException.class, () -> DescriptorReader.webXml(
                "web.xml", new ByteArrayInputStream(document.getBytes(StandardCharsets.UTF_8))));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"servet, servlet, 1", "'', abc, 3", "abc, '', 3", "kitten, sitting, 3", "same, same, 0"})
    void distancesAreCounted(String from, String to, int distance) {
        assertEquals(distance, Nearest.distance(from, to));
    }
}
