/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Descriptors for tests. */
final class Documents {

    static final String JAKARTA = "https://jakarta.ee/xml/ns/jakartaee";

    private Documents() {}

    /** A whole web.xml of 6.1 around some elements, which begin in line 2. */
    static String webApp(String elements) {
        return "<web-app xmlns=\"" + JAKARTA + "\" version=\"6.1\">\n" + elements + "\n</web-app>";
    }

    /** A whole web-fragment.xml around some elements. */
    static String fragment(String elements) {
        return "<web-fragment xmlns=\"" + JAKARTA + "\" version=\"6.1\">\n" + elements + "\n</web-fragment>";
    }

    /** What is read of a web.xml with these elements. */
    static Descriptor read(String elements) throws IOException, DeploymentException {
        return readWhole(webApp(elements));
    }

    static Descriptor readWhole(String document) throws IOException, DeploymentException {
        return DescriptorReader.webXml("WEB-INF/web.xml", stream(document));
    }

    /** What is read of the fragment of a jar. */
    static Descriptor readFragment(String jar, String elements) throws IOException, DeploymentException {
        return DescriptorReader.fragment(jar + "!/META-INF/web-fragment.xml", stream(fragment(elements)));
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
