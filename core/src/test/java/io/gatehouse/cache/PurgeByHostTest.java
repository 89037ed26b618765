/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.http.Authority;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One page of many hosts, and of both schemes: a purge visits what it names, in each of its forms. */
class PurgeByHostTest {

    private static final int HOSTS = 40;

    private final RouteIndex index = new RouteIndex(new Tally());

    private static Authority host(int number) {
        return new Authority("host" + number, number % 3 == 0 ? 8080 : -1);
    }

    private void fill() {
        for (int i = 0; i < HOSTS; i++) {
            for (String scheme : new String[] {"http", "https"}) {
                for (String text : new String[] {"/", "/a", "/a/b", "/a/c?x=1", "/ab", "/b"}) {
                    index.demand(scheme, host(i), text, text);
                }
                index.demand(scheme, host(i), "\0/%41", "/a"); // another spelling of a page, and one with a field in its key
                index.demand(scheme, host(i), "/a\0accept=x", "/a");
            }
        }
    }

    private List<Resource> visited(String scheme, Authority authority, String url, boolean below) {
        List<Resource> all = new ArrayList<>();
        index.visit(scheme, authority, url, below, all::add);
        return all;
    }

    @ParameterizedTest
    @CsvSource({"/a, false, 3", "/a, true, 6", "/a/, true, 2", "/a/c, true, 1", "/a/c, false, 0", "/a/c?x=1, false, 1", "/, false, 1", "/, true, 8",
            "/none, true, 0"})
    void everyFormVisitsWhatItNames(String url, boolean below, int each) {
        fill();
        assertEquals(each, visited("http", host(3), url, below).size());
        assertEquals(each, visited("https", host(4), url, below).size());
        assertEquals(0, visited("https", new Authority("host3", 1), url, below).size());
        assertEquals(each * HOSTS * 2, visited(null, null, url, below).size());
        assertEquals(each * HOSTS, visited("http", null, url, below).size());
        assertEquals(each * 2, visited(null, host(5), url, below).size());
        for (Resource resource : visited(null, null, url, below)) {
            assertEquals(true, below ? resource.place().startsWith(url) : resource.place().split("\0", 2)[0].equals(url));
        }
    }

    @Test
    void whatHasLeftIsNotVisited() {
        fill();
        Set<String> left = new TreeSet<>();
        for (Resource resource : visited(null, null, "/", true)) {
            if (resource.authority().host().endsWith("7")) {
                left.add(resource.scheme() + resource.authority() + resource.text());
            } else {
                resource.die();
            }
        }
        Set<String> found = new TreeSet<>();
        for (Resource resource : visited(null, null, "/", true)) {
            found.add(resource.scheme() + resource.authority() + resource.text());
        }
        assertEquals(left, found);
        visited(null, null, "/", true).forEach(Resource::die);
        assertEquals(List.of(), visited(null, null, "/", true));
        Resource again = index.demand("http", host(1), "/a", "/a");
        assertEquals(List.of(again), visited(null, null, "/a", false));
        assertEquals(List.of(again), visited("http", host(1), "/a", false));
    }
}
