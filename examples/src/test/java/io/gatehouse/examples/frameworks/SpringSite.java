/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.error.ErrorPageRegistrar;
import org.springframework.boot.web.server.autoconfigure.servlet.ServletWebServerConfiguration;
import org.springframework.boot.web.server.servlet.CookieSameSiteSupplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** A Spring Boot application as its users write them; the two beans and the import at its top are what Gatehouse needs. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ServletWebServerConfiguration.class, SpringSite.Pages.class})
class SpringSite {

    @Bean
    GatehouseServletWebServerFactory webServerFactory(Environment environment) {
        GatehouseServletWebServerFactory factory = new GatehouseServletWebServerFactory();
        factory.customize(builder -> builder.transport(environment.getProperty("gatehouse.transport", "nio")));
        return factory;
    }

    @Bean
    ErrorPageRegistrar errorPages() {
        return registry -> registry.addErrorPages(
                new ErrorPage(HttpStatus.GONE, "/pages/gone"),
                new ErrorPage(UncheckedTea.class, "/pages/tea"));
    }

    @Bean
    CookieSameSiteSupplier sameSite() {
        return CookieSameSiteSupplier.ofLax().whenHasName("choice");
    }

    @Bean
    Gate gate() {
        return new Gate();
    }

    /** Where the test holds a request in flight. */
    static final class Gate {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch mayLeave = new CountDownLatch(1);
    }

    /** Thrown, and answered by an error page. */
    static final class UncheckedTea extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UncheckedTea() {
            super("no coffee here");
        }
    }

    /** A thing that goes as JSON. */
    record Order(String item, int count) {}

    /** The controller. */
    @RestController
    static class Pages implements AutoCloseable {

        private final ScheduledExecutorService others = Executors.newSingleThreadScheduledExecutor();
        private final Gate gate;

        Pages(Gate gate) {
            this.gate = gate;
        }

        @Override
        public void close() {
            others.shutdownNow();
        }

        @GetMapping("/hello/{name}")
        String hello(@PathVariable String name, @RequestParam(defaultValue = "!") String end) {
            return "hello " + name + end;
        }

        @PostMapping("/orders")
        Order order(@RequestBody Order order) {
            return new Order(order.item(), order.count() + 1);
        }

        @PostMapping(path = "/upload", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
        Map<String, Object> upload(@RequestParam String title, @RequestParam MultipartFile file) throws IOException {
            return Map.of("title", title, "name", "" + file.getOriginalFilename(), "size", file.getBytes().length);
        }

        @GetMapping("/deferred")
        DeferredResult<String> deferred() {
            DeferredResult<String> result = new DeferredResult<>();
            others.execute(() -> result.setResult("from " + Thread.currentThread().isDaemon()));
            return result;
        }

        /** Answered by nobody, and so by its time limit. */
        @GetMapping("/late")
        DeferredResult<String> late() {
            DeferredResult<String> result = new DeferredResult<>(50L);
            result.onTimeout(() -> result.setErrorResult("too late"));
            return result;
        }

        /** Fails on another thread. */
        @GetMapping("/broken")
        CompletableFuture<String> broken() {
            return CompletableFuture.supplyAsync(() -> {
                throw new UncheckedTea();
            }, others);
        }

        @GetMapping("/events")
        SseEmitter events() {
            SseEmitter emitter = new SseEmitter();
            others.execute(() -> {
                try {
                    for (int i = 0; i < 3; i++) {
                        emitter.send(SseEmitter.event().id(Integer.toString(i)).data("event " + i));
                    }
                    gate.mayLeave.await(10, TimeUnit.SECONDS); // the client has seen three events before there is a fourth
                    emitter.send(SseEmitter.event().data(new Order("last", 4)));
                    emitter.complete();
                } catch (IOException | InterruptedException e) {
                    emitter.completeWithError(e);
                }
            });
            return emitter;
        }

        @GetMapping("/stream")
        StreamingResponseBody stream() {
            return out -> {
                byte[] chunk = "0123456789abcdef".repeat(1024).getBytes(StandardCharsets.US_ASCII);
                for (int i = 0; i < 64; i++) {
                    out.write(chunk);
                }
            };
        }

        @GetMapping("/slow")
        String slow() throws InterruptedException {
            gate.entered.countDown();
            gate.mayLeave.await(10, TimeUnit.SECONDS);
            return "all of it";
        }

        @GetMapping("/choice")
        String choice(HttpSession session, HttpServletResponse response) {
            response.addCookie(new Cookie("choice", "tea"));
            Integer before = (Integer) session.getAttribute("visits");
            int visits = before == null ? 1 : before + 1;
            session.setAttribute("visits", visits);
            return "visit " + visits;
        }

        @GetMapping("/gone")
        void gone(HttpServletResponse response) throws IOException {
            response.sendError(410, "moved out");
        }

        @GetMapping("/teapot")
        void teapot() {
            throw new UncheckedTea();
        }

        @GetMapping("/refused")
        void refused() {
            throw new ResponseStatusException(HttpStatus.LOCKED, "short and stout");
        }

        @GetMapping("/pages/gone")
        String gonePage(
                @RequestAttribute("jakarta.servlet.error.message") String message,
                @RequestAttribute("jakarta.servlet.error.request_uri") String uri) {
            return "page: " + message + " at " + uri;
        }

        @GetMapping("/pages/tea")
        String teaPage(@RequestAttribute(name = "jakarta.servlet.error.exception") @Nullable Throwable failure) {
            return "page: " + (failure == null ? "nothing" : failure.getMessage());
        }
    }
}
