/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.cache.CacheMemory;
import io.gatehouse.cache.OutputCache;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Completion;
import io.gatehouse.http.QualityValues;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files of a directory or of a folder on the class path (RFC 9110: GET, HEAD, conditions, ranges, content
 * codings).
 *
 * <p>What was asked for lately and is small lies in memory, and {@link #find} answers from there on the I/O thread,
 * without a look at the disk, until the copy's {@linkplain StaticFilesBuilder#freshness freshness} is over. For as
 * long again the copy is still served while one thread of the {@linkplain StaticFilesBuilder#executor executor} looks
 * whether it is the file's state; after that a worker looks first. So no answer is older than twice the freshness.
 *
 * <p>Texts in memory that have no sibling in gzip can be put into it for those who accept it: {@link
 * StaticFilesBuilder#gzip}.
 *
 * <p>Everything else goes through {@link #handle} on a worker, which opens the file, passes it to the transport and
 * returns: a slow reader of a large file holds no thread. Length and validators are those of the open file. If it
 * shrinks while it is sent, the transport cuts the connection; if it vanishes or is replaced, the old bytes go out.
 *
 * <p>Never served: hidden files ({@code .name} but {@code .well-known}, WEB-INF, META-INF), links out of the root,
 * listings.
 */
public final class StaticFiles implements AsyncHandler, Shortcut, AutoCloseable {

    private static final String METHODS = "GET, HEAD, OPTIONS";
    private static final boolean WINDOWS = java.io.File.separatorChar == '\\';

    private final FileLoader loader;
    private final HotFiles hot;
    private final boolean movable;
    private final @Nullable String spa;
    private final InstantSource clock;
    private final Delivery delivery;
    private final String name;

    StaticFiles(Root root, StaticFilesBuilder settings) {
        OutputCache given = settings.cache;
        OutputCache cache = given != null ? given
                : OutputCache.of(settings.hotBytes(), CacheMemory.HEAP, System::currentTimeMillis, settings.executor);
        this.loader = new FileLoader(root, settings.rules(), settings.clock);
        this.name = "files of " + root;
        this.hot = new HotFiles(name, loader, cache, settings);
        this.movable = given == null && !settings.hasBound();
        this.spa = settings.spa;
        this.clock = settings.clock;
        this.delivery = new Delivery(settings.executor, settings.boundaries);
    }

    private StaticFiles(StaticFiles from, OutputCache cache, String route) {
        this.loader = from.loader;
        this.hot = from.hot.within(cache, route);
        this.movable = false;
        this.spa = from.spa;
        this.clock = from.clock;
        this.delivery = from.delivery;
        this.name = from.name;
    }

    /** Files of a directory, which must be there when the builder builds. It may be a link that is turned later. */
    public static StaticFilesBuilder of(Path directory) {
        return new StaticFilesBuilder(() -> new DirectoryRoot(directory));
    }

    /**
     * Files of a directory, or of a folder on the class path if the text begins with {@code classpath:}. The class
     * path is that of the context class loader of the thread that builds.
     *
     * @param location {@code site}, {@code /srv/site} or {@code classpath:META-INF/resources}
     */
    public static StaticFilesBuilder of(String location) {
        if (!location.startsWith("classpath:")) {
            return of(Path.of(location));
        }
        return new StaticFilesBuilder(() -> {
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            ClassLoader used = context == null ? ClassLoader.getSystemClassLoader() : context;
            return new ClassPathRoot(used, location.substring("classpath:".length()));
        });
    }

    /**
     * Files of a folder on the class path of a class loader.
     *
     * @param folder {@code META-INF/resources/webjars/swagger-ui/5.0.0}; neither empty nor elsewhere in META-INF
     */
    public static StaticFilesBuilder ofClassPath(ClassLoader loader, String folder) {
        return new StaticFilesBuilder(() -> new ClassPathRoot(loader, folder));
    }

    /**
     * The same files with their copies in the memory of a cache, as a server does it with all that are mounted; these files
     * themselves if they were built with a cache or a bound of their own.
     */
    public StaticFiles within(OutputCache cache) {
        return within(cache, name);
    }

    /**
     * The same under a name of the caller's.
     *
     * @param route by which the cache counts them; files that stay where they are keep the name that {@link #toString} says
     */
    public StaticFiles within(OutputCache cache, String route) {
        return movable ? new StaticFiles(this, cache, route) : this;
    }

    /**
     * Answers from memory: 200, 206 with one part, 304, 412, 416, to GET and HEAD. On an I/O thread; touches no file.
     */
    @Override
    public @Nullable Prepared find(RequestHead head, Target target, int prefixLength) {
        return hot.find(head, target, prefixLength);
    }

    /** Answers one request; on a worker, because it may wait for the disk. Returns when the transport has the file. */
    @Override
    public void handle(Request request, Response response, Completion done) throws IOException {
        String method = request.method();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            boolean asks = method.equals("OPTIONS");
            hot.count(response, false, false);
            response.status(asks ? 204 : 405).field("Allow", METHODS);
            if (!asks) {
                response.field("Content-Length", "0");
            }
            done.succeeded();
            return;
        }
        String path = request.path();
        if (path.length() < request.prefixLength()) {
            redirect(request, response, done); // the prefix itself, without its slash
            return;
        }
        String relative = request.pathInPrefix();
        boolean folder = relative.length() > 1 && relative.endsWith("/");
        if (!PathSyntax.isPlain(folder ? relative.substring(0, relative.length() - 1) : relative, WINDOWS)) {
            throw missing();
        }
        try {
            answer(request, response, done, path, relative);
        } catch (AccessDeniedException e) {
            throw new HttpFailure(403, "This file can't be read by the server.", e);
        }
    }

    /** Forgets what lies in memory; from then on every answer is read from its file. Idempotent. */
    @Override
    public void close() {
        hot.close();
    }

    @Override
    public String toString() {
        return name;
    }

    private void answer(Request request, Response response, Completion done, String path, String relative)
            throws IOException {
        int prefixLength = request.prefixLength();
        HotFiles.Looked looked = hot.look(path, prefixLength, relative);
        Object known = looked.found();
        if (known instanceof FileLoader.Moved) {
            hot.count(response, false, true);
            redirect(request, response, done);
            return;
        }
        String page = spa;
        boolean fallback = known instanceof FileLoader.Missing && page != null && isNavigation(request, relative);
        if (fallback && page != null) {
            looked = hot.look(path.substring(0, prefixLength) + page, prefixLength, page);
            known = looked.found();
        }
        if (!(known instanceof FileEntry entry)) {
            hot.count(response, false, true);
            throw missing();
        }
        Representation representation = entry.choose(request.fields());
        hot.zipLater(entry, request.fields(), path.substring(0, prefixLength) + entry.relative(), prefixLength);
        Content content = null;
        Answer answer = Answer.of(request.head(), representation, clock);
        boolean bodiless = answer instanceof Answer.Bodiless || request.head().isHead();
        hot.count(response, looked.fresh(), bodiless || representation.memory() != null);
        if (!bodiless) {
            content = representation.memory();
            if (content == null) {
                content = open(representation);
            }
            if (!content.stamp().equals(representation.stamp())) {
                representation = loader.renew(representation, content);
                answer = Answer.of(request.head(), representation, clock);
            }
        }
        if (representation.memory() != null && hot.keeps()) {
            OutputCache.heldElsewhere(response);
        }
        delivery.send(response, new Delivery.Plan(representation, answer, content, fallback), done);
    }

    private static Content open(Representation representation) throws IOException {
        try {
            return representation.source().open(FileLoader.LARGEST);
        } catch (NoSuchFileException e) {
            throw missing();
        }
    }

    /**
     * A browser on its way to a page, and no file's name: not a script, an image or a call of an API (RFC 9110
     * section 12.5.1).
     */
    private static boolean isNavigation(Request request, String relative) {
        String accept = request.fields().joined("Accept");
        return relative.indexOf('.', relative.lastIndexOf('/') + 1) < 0
                && accept != null
                && QualityValues.of(accept, "text/html") > 0;
    }

    private static void redirect(Request request, Response response, Completion done) {
        response.status(301)
                .field("Location", Redirect.toFolder(request.target()))
                .field("Content-Length", "0");
        done.succeeded();
    }

    private static HttpFailure missing() {
        return new HttpFailure(404, "There is no such file here.");
    }
}
