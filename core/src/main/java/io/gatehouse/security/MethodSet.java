/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import io.gatehouse.http.FieldSyntax;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A set of HTTP methods, extension methods included: those that are named, or all but those. Names compare with case,
 * as RFC 9110 section 9.1 has it.
 *
 * @param complement whether the names are those that are left out
 * @param names of methods; none with complement are all methods
 */
public record MethodSet(boolean complement, Set<String> names) {

    /** Every method there is. */
    public static final MethodSet ALL = new MethodSet(true, Set.of());

    /** No method. */
    public static final MethodSet NONE = new MethodSet(false, Set.of());

    /**
     * Copies the names.
     *
     * @throws IllegalArgumentException if one of them can't be a method's
     */
    public MethodSet {
        for (String name : names) {
            if (!FieldSyntax.isToken(name)) {
                throw new IllegalArgumentException(
                        "'" + FieldSyntax.printable(name) + "' is no HTTP method: give a token such as GET");
            }
        }
        names = Set.copyOf(names);
    }

    /** Those that are named: the {@code http-method} elements of a descriptor. */
    public static MethodSet of(String... names) {
        return new MethodSet(false, new TreeSet<>(List.of(names)));
    }

    /** All but those that are named: the {@code http-method-omission} elements of a descriptor. */
    public static MethodSet allBut(String... names) {
        return new MethodSet(true, new TreeSet<>(List.of(names)));
    }

    /** Whether a method is in the set. */
    public boolean contains(String method) {
        return names.contains(method) != complement;
    }

    /** Whether no method is. */
    public boolean isEmpty() {
        return !complement && names.isEmpty();
    }

    /** The methods of either set. */
    public MethodSet or(MethodSet other) {
        boolean whole = complement || other.complement;
        Set<String> named = new TreeSet<>(names);
        named.addAll(other.names);
        // Of the names, those in either set count; if one set is of all but some, those in neither are what is left out.
        named.removeIf(name -> (contains(name) || other.contains(name)) == whole);
        return new MethodSet(whole, named);
    }

    /** The methods that are not in the set. */
    public MethodSet not() {
        return new MethodSet(!complement, names);
    }

    /** As people read it: {@code GET, POST}, or {@code all methods but GET}. */
    @Override
    public String toString() {
        String list = String.join(", ", new TreeSet<>(names));
        if (!complement) {
            return list.isEmpty() ? "no method" : list;
        }
        return list.isEmpty() ? "all methods" : "all methods but " + list;
    }
}
