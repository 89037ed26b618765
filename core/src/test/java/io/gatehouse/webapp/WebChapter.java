/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.transport.TransportUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** One chapter of the contract of web applications: an interface whose methods are tests. What they have at hand: */
interface WebChapter {

    /** What carries the requests. */
    TransportUnderTest transport();

    /** A directory of the test's own. */
    Path place();

    /** A server with one application at {@code /app}, to be closed by the test. */
    default WebSite site(Archive archive) throws IOException {
        return site(archive, application -> {});
    }

    /** The same with more set of the application. */
    default WebSite site(Archive archive, Consumer<WebApplication> more) throws IOException {
        WebApplication application = WebApplication.of(archive.war(place().resolve("app.war"))).contextPath("/app");
        more.accept(application);
        return new WebSite(transport(), application);
    }

    /** Expects that a server does not start with an application, and says why. */
    default void refused(Archive archive, String why) {
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> site(archive).close());
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }
}
