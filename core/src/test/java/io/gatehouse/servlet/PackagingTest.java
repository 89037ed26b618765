/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.descriptor.JspConfigDescriptor;
import jakarta.servlet.descriptor.JspPropertyGroupDescriptor;
import jakarta.servlet.descriptor.TaglibDescriptor;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a packed application brings along is shown while it lives, and released once when it has ended, however it ended. */
final class PackagingTest {

    private final List<String> events = new ArrayList<>();

    @TempDir
    Path place;

    private ServletApplicationBuilder builder() {
        return ServletApplication.builder().packaging(new Packaging(3, 1, null, () -> events.add("released")));
    }

    /** Ends loudly. */
    private final class Ending extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        public void destroy() {
            events.add("destroyed");
        }
    }

    @Test
    void itIsReleasedAfterEverythingElse() throws Exception {
        ServletApplication application = builder().servlet("e", new Ending(), r -> r.setLoadOnStartup(1), "/")
                .listener(new ServletContextListener() {
                    @Override
                    public void contextDestroyed(ServletContextEvent event) {
                        events.add("told");
                    }
                }).build();
        application.deploy();
        assertEquals(List.of(), events);
        application.undeploy(Duration.ZERO);
        assertEquals(List.of("destroyed", "told", "released"), events);
        application.undeploy(Duration.ZERO);
        assertEquals(1, events.stream().filter("released"::equals).count());
    }

    @Test
    void itIsReleasedWhenDeployingFails() {
        ServletApplication application = builder().initializer((classes, context) -> {
            throw new ServletException("no");
        }).build();
        assertThrows(ServletException.class, application::deploy);
        assertEquals(List.of("released"), events);
        assertTrue(application.undeploy(Duration.ZERO));
        assertEquals(List.of("released"), events);
    }

    @Test
    void itIsReleasedWhenThereIsNoPlaceForFiles() throws Exception {
        Path file = Files.writeString(place.resolve("file"), "");
        ServletApplication application = builder().temporaryDirectory(file).build();
        assertThrows(ServletException.class, application::deploy);
        assertEquals(List.of("released"), events);
    }

    @Test
    void itIsReleasedWhenAnErrorIsThrown() {
        ServletApplication application = builder().initializer((classes, context) -> {
            throw new NoClassDefFoundError("gone");
        }).build();
        assertThrows(NoClassDefFoundError.class, application::deploy);
        assertEquals(List.of("released"), events);
    }

    @Test
    void itIsReleasedWithoutEverHavingBeenDeployed() {
        ServletApplication application = builder().build();
        assertTrue(application.undeploy(Duration.ZERO));
        assertEquals(List.of("released"), events);
        assertThrows(IllegalStateException.class, application::deploy);
        assertEquals(List.of("released"), events);
    }

    @Test
    void theContextShowsIt() throws Exception {
        JspConfigDescriptor pages = new JspConfigDescriptor() {
            @Override
            public Collection<TaglibDescriptor> getTaglibs() {
                return List.of();
            }

            @Override
            public Collection<JspPropertyGroupDescriptor> getJspPropertyGroups() {
                return List.of();
            }
        };
        ServletApplication application =
                ServletApplication.builder().packaging(new Packaging(2, 5, pages, () -> {})).build();
        application.deploy();
        assertSame(pages, application.context().getJspConfigDescriptor());
        assertEquals(2, application.context().getEffectiveMajorVersion());
        assertEquals(5, application.context().getEffectiveMinorVersion());
        assertEquals(6, application.context().getMajorVersion());
        application.undeploy(Duration.ZERO);
    }

    @Test
    void whatIsDescribedInCodeIsOfToday() throws Exception {
        ServletApplication application = ServletApplication.builder().build();
        application.deploy();
        assertNull(application.context().getJspConfigDescriptor());
        assertEquals(6, application.context().getEffectiveMajorVersion());
        assertEquals(1, application.context().getEffectiveMinorVersion());
        application.undeploy(Duration.ZERO);
    }
}
