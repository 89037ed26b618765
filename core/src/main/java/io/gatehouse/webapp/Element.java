/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An element of a descriptor with what lies in it, and the questions that are asked of it. Built by {@link DescriptorXml},
 * read by one thread.
 */
final class Element {

    private final String name;
    private final Place place;
    private final List<Element> children = new ArrayList<>();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final StringBuilder text = new StringBuilder();

    Element(String name, Place place) {
        this.name = name;
        this.place = place;
    }

    String name() {
        return name;
    }

    Place place() {
        return place;
    }

    List<Element> children() {
        return children;
    }

    Map<String, String> attributes() {
        return attributes;
    }

    /** What stands in it, without blanks around it. */
    String text() {
        return text.toString().strip();
    }

    void append(String more) {
        text.append(more);
    }

    /** The children of a name, in their order. */
    List<Element> all(String child) {
        return children.stream().filter(each -> each.name.equals(child)).toList();
    }

    /**
     * The one child of a name; null if there is none.
     *
     * @throws DeploymentException if there are several
     */
    @Nullable Element one(String child) throws DeploymentException {
        List<Element> found = all(child);
        if (found.size() > 1) {
            throw found.get(1).wrong("<" + name + "> has a second <" + child + ">: leave one");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /** The text of the one child of a name; null if there is none or it is empty. */
    @Nullable String textOf(String child) throws DeploymentException {
        Element found = one(child);
        return found == null || found.text().isEmpty() ? null : found.text();
    }

    /** The text of the one child of a name. */
    String required(String child) throws DeploymentException {
        return child(child).text();
    }

    /** The one child of a name, which is not empty. */
    Element child(String child) throws DeploymentException {
        Element found = one(child);
        if (found == null || found.text().isEmpty()) {
            throw wrong("<" + name + "> has no <" + child + ">: add one");
        }
        return found;
    }

    /** The one child's text as a value with its place; null if there is none or it is empty. */
    @Nullable Said<String> said(String child) throws DeploymentException {
        Element found = one(child);
        return found == null || found.text().isEmpty() ? null : new Said<>(found.text(), found.place);
    }

    /** Whether the text is true or false, in any case of letters. */
    boolean flag() throws DeploymentException {
        return switch (text().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong("<" + name + "> is '" + text() + "': write true or false");
        };
    }

    /** The text as a number of 32 bits. */
    int number() throws DeploymentException {
        return (int) within(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** The text as a number of 64 bits. */
    long longNumber() throws DeploymentException {
        return within(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private long within(long least, long most) throws DeploymentException {
        try {
            long value = Long.parseLong(text());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw wrong("<" + name + "> is '" + text() + "': write a whole number");
        }
        throw wrong("<" + name + "> is " + text() + ": write a number from " + least + " to " + most);
    }

    /** Refuses children that are not among these names: one that is misspelt would silently do nothing. */
    void allow(List<String> names) throws DeploymentException {
        for (Element child : children) {
            if (!names.contains(child.name)) {
                throw child.wrong("<" + child.name + "> is unknown in <" + name + ">: "
                        + Nearest.hint(child.name, names));
            }
        }
    }

    DeploymentException wrong(String message) {
        return DeploymentException.at(place, message);
    }
}
