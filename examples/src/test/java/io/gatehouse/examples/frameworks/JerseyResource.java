/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.glassfish.jersey.server.ChunkedOutput;

/** A resource of Jersey's with a service of the program's locator, as its users write them. */
@Path("things")
@Produces("text/plain")
public final class JerseyResource {

    /** A service that Jersey, servlets and the program share. */
    public static final class Visitors {
        private final AtomicLong count = new AtomicLong();

        long next() {
            return count.incrementAndGet();
        }
    }

    /** Where the test holds an answer that is half sent. */
    public static final class Gate {
        final CountDownLatch mayEnd = new CountDownLatch(1);
    }

    /** A servlet beside Jersey, with the same service. */
    public static final class VisitorServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient Visitors visitors;

        @Inject
        public VisitorServlet(Visitors visitors) {
            this.visitors = visitors;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("servlet's visitor " + visitors.next());
        }
    }

    /** What {@link #broken} throws. */
    static final class Spilt extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Makes an answer of an exception. */
    public static final class SpiltMapper implements ExceptionMapper<Spilt> {
        @Override
        public Response toResponse(Spilt exception) {
            return Response.status(409).entity("spilt").type("text/plain").build();
        }
    }

    private final Visitors visitors;
    private final Gate gate;

    @Inject
    public JerseyResource(Visitors visitors, Gate gate) {
        this.visitors = visitors;
        this.gate = gate;
    }

    @GET
    @Path("visitor")
    public String visitor(@Context HttpServletRequest request) {
        return "resource's visitor " + visitors.next() + " by " + request.getServletPath();
    }

    @GET
    @Path("named/{name}")
    public String named(@PathParam("name") String name, @QueryParam("n") @DefaultValue("1") int n, @Context UriInfo uri) {
        return name.repeat(n) + ' ' + uri.getRequestUri().getRawPath();
    }

    @POST
    @Path("form")
    @Consumes("application/x-www-form-urlencoded")
    public String form(@FormParam("a") String a, @FormParam("b") String b) {
        return a + '-' + b;
    }

    /** Counts what it reads. */
    @PUT
    @Path("body")
    public String body(InputStream body) throws IOException {
        byte[] buffer = new byte[8192];
        long bytes = 0;
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            bytes += n;
        }
        return "read " + bytes;
    }

    /** Answered on another thread. */
    @GET
    @Path("async")
    public void async(@Suspended AsyncResponse response) {
        new Thread(() -> response.resume("resumed"), "resumer").start();
    }

    /** Answered by its time limit. */
    @GET
    @Path("late")
    public void late(@Suspended AsyncResponse response) {
        response.setTimeout(50, TimeUnit.MILLISECONDS);
        response.setTimeoutHandler(late -> late.resume(Response.status(504).entity("too late").build()));
    }

    @GET
    @Path("stage")
    public CompletionStage<String> stage() {
        return CompletableFuture.supplyAsync(() -> "staged");
    }

    /** Streams as many bytes as asked for. */
    @GET
    @Path("stream")
    @Produces("application/octet-stream")
    public StreamingOutput stream(@QueryParam("blocks") int blocks) {
        return out -> {
            byte[] block = new byte[8192];
            for (int i = 0; i < blocks; i++) {
                out.write(block);
            }
        };
    }

    /** Sends one piece, waits for the test to have seen it, and sends another. */
    @GET
    @Path("chunks")
    public ChunkedOutput<String> chunks() {
        ChunkedOutput<String> output = new ChunkedOutput<>(String.class);
        new Thread(() -> {
            try (output) {
                output.write("one\n");
                gate.mayEnd.await(10, TimeUnit.SECONDS);
                output.write("two\n");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }, "chunks").start();
        return output;
    }

    @GET
    @Path("broken")
    public String broken() {
        throw new Spilt();
    }

    @GET
    @Path("refused")
    public String refused() {
        throw new WebApplicationException("not now", 423);
    }
}
