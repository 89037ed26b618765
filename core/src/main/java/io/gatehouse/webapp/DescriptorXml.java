/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads a descriptor into elements. The JDK's own StAX reader, which processes no document type and fetches nothing, so that
 * a descriptor can neither expand nor reach out; its size, depth and number of elements are bounded.
 */
final class DescriptorXml {

    /** How large a descriptor may be, in bytes. */
    static final int BYTES = 8 << 20;

    /** How deep its elements may nest. The schemas need six levels. */
    static final int DEPTH = 32;

    /** How many elements it may have. */
    static final int ELEMENTS = 200_000;

    /**
     * A descriptor as it was read.
     *
     * @param doctype the text of the document type declaration; empty if there is none
     * @param namespace of the root element; empty if it is in none
     */
    record Document(Element root, String doctype, String namespace) {}

    /** What is made of a document. */
    private interface Reading<T> {
        T of(XMLStreamReader reader) throws XMLStreamException, DeploymentException;
    }

    private final String name;

    private DescriptorXml(String name) {
        this.name = name;
    }

    /**
     * Reads a document.
     *
     * @param name for messages
     * @throws DeploymentException if it is no well-formed XML, or past a bound
     */
    static Document read(String name, InputStream in) throws IOException, DeploymentException {
        DescriptorXml xml = new DescriptorXml(name);
        return xml.parse(in, xml::elements);
    }

    /**
     * The text of the root's first child of a name, of a document that may be wrong behind it; null if there is none or it is
     * empty.
     *
     * @throws DeploymentException if it is no well-formed XML up to there
     */
    static @Nullable String peek(String name, InputStream in, String child) throws IOException, DeploymentException {
        String found = new DescriptorXml(name).parse(in, reader -> first(reader, child));
        return found.isEmpty() ? null : found;
    }

    private static String first(XMLStreamReader reader, String child) throws XMLStreamException {
        int depth = 0;
        while (reader.hasNext()) {
            int event = reader.next();
            if (event == XMLStreamConstants.END_ELEMENT) {
                depth--;
            } else if (event == XMLStreamConstants.START_ELEMENT && ++depth == 2 && reader.getLocalName().equals(child)) {
                return reader.getElementText().strip();
            }
        }
        return "";
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        factory.setXMLResolver((publicId, systemId, from, namespace) -> {
            throw new XMLStreamException("nothing outside the document is read");
        });
        return factory;
    }

    private <T> T parse(InputStream in, Reading<T> reading) throws IOException, DeploymentException {
        byte[] bytes = in.readNBytes(BYTES + 1);
        if (bytes.length > BYTES) {
            throw new DeploymentException(name + " is larger than " + BYTES + " bytes: split it into fragments");
        }
        XMLStreamReader reader = null;
        try {
            reader = factory().createXMLStreamReader(new ByteArrayInputStream(bytes));
            return reading.of(reader);
        } catch (XMLStreamException e) {
            int line = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNumber());
            throw new DeploymentException(new Place(name, line) + ": this is no well-formed XML: " + reason(e)
                    + ". Mend the document", e);
        } finally {
            close(reader);
        }
    }

    private Document elements(XMLStreamReader reader) throws XMLStreamException, DeploymentException {
        Deque<Element> open = new ArrayDeque<>();
        Element root = null;
        String doctype = "";
        String namespace = "";
        int count = 0;
        int foreign = 0;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.DTD -> doctype = reader.getText() == null ? "" : reader.getText();
                case XMLStreamConstants.START_ELEMENT -> {
                    String own = reader.getNamespaceURI() == null ? "" : reader.getNamespaceURI();
                    Place place = new Place(name, reader.getLocation().getLineNumber());
                    if (root != null && (foreign > 0 || !own.equals(namespace))) {
                        foreign++; // another vocabulary's: not ours to judge
                        requireDepth(open.size() + foreign, place);
                        continue;
                    }
                    Element element = new Element(reader.getLocalName(), place);
                    for (int i = 0; i < reader.getAttributeCount(); i++) {
                        element.attributes().put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
                    }
                    if (root == null) {
                        root = element;
                        namespace = own;
                    } else {
                        open.getLast().children().add(element);
                    }
                    open.addLast(element);
                    requireDepth(open.size(), place);
                    if (++count > ELEMENTS) {
                        throw DeploymentException.at(place, "more than " + ELEMENTS + " elements: split it into fragments");
                    }
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    if (foreign == 0 && !open.isEmpty()) {
                        open.getLast().append(reader.getText());
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    if (foreign > 0) {
                        foreign--;
                    } else {
                        open.removeLast();
                    }
                }
                default -> {}
            }
        }
        if (root == null) {
            throw new DeploymentException(name + " has no element: begin it with <web-app>");
        }
        return new Document(root, doctype, namespace);
    }

    private static void requireDepth(int depth, Place place) throws DeploymentException {
        if (depth > DEPTH) {
            throw DeploymentException.at(place, "elements nest deeper than " + DEPTH + ": no descriptor needs that");
        }
    }

    /** The parser's own sentence, without its coordinates in front. */
    private static String reason(XMLStreamException failure) {
        String text = String.valueOf(failure.getMessage());
        int message = text.indexOf("Message: ");
        text = message < 0 ? text : text.substring(message + "Message: ".length());
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    private static void close(@Nullable XMLStreamReader reader) {
        try {
            if (reader != null) {
                reader.close();
            }
        } catch (XMLStreamException e) {
            System.getLogger("io.gatehouse.webapp").log(System.Logger.Level.DEBUG, "a reader of XML does not close", e);
        }
    }
}
