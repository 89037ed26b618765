/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.cache.CacheMemory;
import io.gatehouse.cache.OutputCache;
import io.gatehouse.cache.Shelf;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.ByteRanges.Range;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.QualityValues;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
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

    private static final System.Logger LOG = System.getLogger(StaticFiles.class.getName());
    private static final String METHODS = "GET, HEAD, OPTIONS";
    private static final boolean WINDOWS = java.io.File.separatorChar == '\\';

    private final FileLoader loader;
    private final Shelf<FileEntry> hot;
    private final boolean keeps;
    private final boolean gzip;
    private final boolean movable;
    private final long freshness;
    private final @Nullable String spa;
    private final Executor executor;
    private final LongSupplier nanos;
    private final InstantSource clock;
    private final Delivery delivery;
    private final String name;

    StaticFiles(Root root, StaticFilesBuilder settings) {
        OutputCache given = settings.cache;
        OutputCache cache = given != null ? given
                : OutputCache.of(settings.hotBytes(), CacheMemory.HEAP, System::currentTimeMillis, settings.executor);
        this.loader = new FileLoader(root, settings.rules(), settings.clock);
        this.hot = cache.shelf(FileEntry.class);
        this.keeps = cache.bound() > 0;
        this.gzip = settings.gzip;
        this.movable = given == null && !settings.hasBound();
        this.freshness = settings.freshness.toNanos();
        this.spa = settings.spa;
        this.executor = settings.executor;
        this.nanos = settings.nanos;
        this.clock = settings.clock;
        this.delivery = new Delivery(executor, settings.boundaries);
        this.name = "files of " + root;
    }

    private StaticFiles(StaticFiles from, OutputCache cache) {
        this.loader = from.loader;
        this.hot = cache.shelf(FileEntry.class);
        this.keeps = cache.bound() > 0;
        this.gzip = from.gzip;
        this.movable = false;
        this.freshness = from.freshness;
        this.spa = from.spa;
        this.executor = from.executor;
        this.nanos = from.nanos;
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
        return movable ? new StaticFiles(this, cache) : this;
    }

    /**
     * Answers from memory: 200, 206 with one part, 304, 412, 416, to GET and HEAD. On an I/O thread; touches no file.
     */
    @Override
    public @Nullable Prepared find(RequestHead head, Target target, int prefixLength) {
        if (freshness == 0 || !head.method().equals("GET") && !head.isHead()) {
            return null;
        }
        FileEntry entry = hot.find(target.path(), prefixLength);
        if (entry == null) {
            return null;
        }
        long age = entry.age(nanos.getAsLong());
        if (age > freshness) {
            if (age - freshness > freshness) {
                return null;
            }
            checkLater(entry, target.path(), prefixLength);
        }
        Representation representation = entry.choose(head.fields());
        zipLater(entry, head.fields(), target.path(), prefixLength);
        Answer answer = Answer.of(head, representation, clock);
        if (answer instanceof Answer.Bodiless bodiless) {
            return bodiless.prepared();
        }
        Content.InMemory memory = representation.memory();
        if (answer == Answer.WHOLE) {
            return memory != null || head.isHead() ? representation.whole() : null;
        }
        if (memory != null && answer instanceof Answer.Part part) {
            Range range = part.range();
            return new Prepared(
                    Answer.head(representation, range),
                    memory.bytes().slice((int) range.first(), (int) range.length()));
        }
        return null;
    }

    /** Answers one request; on a worker, because it may wait for the disk. Returns when the transport has the file. */
    @Override
    public void handle(Request request, Response response, Completion done) throws IOException {
        String method = request.method();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            boolean asks = method.equals("OPTIONS");
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
        Object known = look(path, prefixLength, relative);
        if (known instanceof FileLoader.Moved) {
            redirect(request, response, done);
            return;
        }
        String page = spa;
        boolean fallback = known instanceof FileLoader.Missing && page != null && isNavigation(request, relative);
        if (fallback && page != null) {
            known = look(path.substring(0, prefixLength) + page, prefixLength, page);
        }
        if (!(known instanceof FileEntry entry)) {
            throw missing();
        }
        Representation representation = entry.choose(request.fields());
        zipLater(entry, request.fields(), path.substring(0, prefixLength) + entry.relative(), prefixLength);
        Content content = null;
        Answer answer = Answer.of(request.head(), representation, clock);
        if (!(answer instanceof Answer.Bodiless) && !request.head().isHead()) {
            content = representation.memory();
            if (content == null) {
                content = open(representation);
            }
            if (!content.stamp().equals(representation.stamp())) {
                representation = loader.renew(representation, content);
                answer = Answer.of(request.head(), representation, clock);
            }
        }
        if (representation.memory() != null && keeps) {
            OutputCache.heldElsewhere(response);
        }
        delivery.send(response, new Delivery.Plan(representation, answer, content, fallback), done);
    }

    /** A {@link FileEntry}, or what {@link FileLoader#locate} says instead. */
    private Object look(String path, int prefixLength, String relative) throws IOException {
        FileEntry known = hot.find(path, prefixLength);
        if (known != null && freshness > 0 && known.age(nanos.getAsLong()) <= freshness) {
            return known;
        }
        return check(known, path, prefixLength, relative);
    }

    /** Looks at the files, and keeps the store in step with what it finds. */
    private Object check(@Nullable FileEntry known, String path, int prefixLength, String relative) throws IOException {
        try (Shelf<FileEntry>.Filling filling = hot.begin(path, prefixLength)) {
            for (int attempt = 0; attempt < 3; attempt++) {
                long now = nanos.getAsLong();
                FileLoader.Located located = loader.locate(relative);
                if (!(located instanceof FileLoader.Files files)) {
                    filling.drop();
                    return located;
                }
                if (known != null && known.isStill(files)) {
                    known.checked(now);
                    return known;
                }
                try {
                    FileEntry loaded = loader.load(relative, files, now, hot::lay, gzip && keeps);
                    if (loaded.isKeepable()) {
                        filling.keep(loaded);
                    } else {
                        filling.drop();
                    }
                    return loaded;
                } catch (NoSuchFileException e) {
                    LOG.log(Level.DEBUG, "{0}: {1} vanished while it was read; looking again", this, relative);
                }
            }
            filling.drop();
            return new FileLoader.Missing();
        }
    }

    /** One at a time for each entry. What fails is left to the next worker, who has somebody to tell. */
    private void checkLater(FileEntry entry, String path, int prefixLength) {
        if (!entry.beginCheck()) {
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    check(entry, path, prefixLength, entry.relative());
                } catch (IOException | RuntimeException e) {
                    LOG.log(Level.DEBUG, () -> this + ": can't look at " + entry.relative(), e);
                } finally {
                    entry.endCheck();
                }
            });
        } catch (RejectedExecutionException e) {
            entry.endCheck();
        }
    }

    /** One at a time for each entry, and once for each state of a file: what saves too little is not tried again. */
    private void zipLater(FileEntry entry, Fields fields, String path, int prefixLength) {
        if (!entry.beginZip(fields)) {
            return;
        }
        try {
            executor.execute(() -> zip(entry, path, prefixLength));
        } catch (RejectedExecutionException e) { // it is sent as it is, and the next one tries
            entry.leaveZip();
        }
    }

    /** Puts what is still there into gzip; what was purged, evicted or read anew meanwhile is no affair of this entry's. */
    private void zip(FileEntry entry, String path, int prefixLength) {
        try {
            Representation made = hot.holds(path, prefixLength, entry) ? loader.zip(entry.plain(), hot::lay) : null;
            if (made != null) {
                hot.replace(path, prefixLength, entry, entry.withGzip(made));
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> this + ": can't put " + entry.relative() + " into gzip", e);
        }
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
