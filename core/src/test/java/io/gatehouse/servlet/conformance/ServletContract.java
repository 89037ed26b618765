/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.ServletApplicationBuilder;
import io.gatehouse.transport.Peer;
import io.gatehouse.transport.TransportUnderTest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * The Jakarta Servlet 6.1 specification as tests, over a transport: real requests, real answers. Every transport has a test
 * class that extends this one; nothing can be excluded. Each chapter is an interface of its own, whose methods are the tests,
 * and each test names its section.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisplayNameGeneration(SectionNames.class)
@Timeout(value = 2 * Peer.HANG_SECONDS, unit = TimeUnit.SECONDS)
public abstract class ServletContract
        implements ParametersChapter,
                RequestHeadChapter,
                RequestBodyChapter,
                MappingChapter,
                ResponseBufferChapter,
                ResponseHeadChapter,
                ResponseTypeChapter,
                SendingChapter,
                SessionChapter,
                SessionTrackingChapter,
                DispatchChapter,
                CrossContextChapter,
                FilterChapter,
                AsyncDispatchChapter,
                AsyncEventChapter,
                NonBlockingChapter,
                ErrorPageChapter,
                ConstraintChapter,
                FormLoginChapter,
                UpgradeEndChapter,
                ListenerChapter,
                ContextChapter,
                RegistrationChapter,
                HttpServletChapter,
                ContentChapter,
                IsolationChapter,
                FaultChapter,
                BombChapter,
                MultipartChapter,
                SecurityChapter {

    private final Map<Class<?>, ContractSite> sites = new HashMap<>();

    /** What carries the requests. */
    @Override
    public abstract TransportUnderTest transport();

    @Override
    public final ContractSite site() throws IOException {
        return site(Chapter.class, app -> {});
    }

    @Override
    public final ContractSite site(Class<? extends Chapter> chapter, Consumer<ServletApplicationBuilder> application)
            throws IOException {
        ContractSite site = sites.get(chapter);
        if (site == null) {
            ServletApplicationBuilder builder = ServletApplication.builder();
            application.accept(builder);
            site = chapter == Chapter.class ? open() : open(builder);
            sites.put(chapter, site);
        }
        return site;
    }

    @Override
    public final ContractSite open(ServletApplicationBuilder... applications) throws IOException {
        return new ContractSite(transport(), applications);
    }

    @AfterAll
    final void closeSites() throws IOException {
        for (ContractSite site : sites.values()) {
            site.close();
        }
    }
}
