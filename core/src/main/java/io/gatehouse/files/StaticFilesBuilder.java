/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.cache.OutputCache;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.MediaTypes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How {@link StaticFiles} are served; used by one thread. Every setting has the default that most sites want. */
public final class StaticFilesBuilder {

    /** How many bytes files that nobody has mounted weigh unless set. */
    static final long DEFAULT_BYTES = 32L * 1024 * 1024;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Supplier<Root> root;
    private List<String> index = List.of("index.html");
    private MediaTypes types = MediaTypes.standard();
    private Function<String, @Nullable String> cacheControl = path -> null;
    private final Fields.Builder fields = Fields.builder();
    private boolean precompressed = true;
    boolean gzip;

    @Nullable String spa;
    @Nullable OutputCache cache;
    private long hotBytes = -1;
    Duration freshness = Duration.ofSeconds(1);
    Executor executor = ownThread();
    LongSupplier nanos = System::nanoTime;
    InstantSource clock = InstantSource.system();
    Supplier<String> boundaries = StaticFilesBuilder::boundary;

    StaticFilesBuilder(Supplier<Root> root) {
        this.root = root;
    }

    /**
     * Names of the files that stand for their folder, in order of preference; {@code index.html} unless set. None: a
     * folder has no page.
     *
     * @throws IllegalArgumentException if one is not a plain name
     */
    public StaticFilesBuilder index(String... names) {
        for (String name : names) {
            requirePlain(name, name.indexOf('/') < 0);
        }
        index = List.of(names);
        return this;
    }

    /**
     * The page of a single-page application: sent when a browser navigates to a path that is no file - the method is
     * GET or HEAD, Accept names {@code text/html}, and the last segment has no dot. Everything else that is missing
     * stays a 404.
     *
     * @param page path of a file inside the root, {@code index.html}
     * @throws IllegalArgumentException if it is not a plain path
     */
    public StaticFilesBuilder spa(String page) {
        requirePlain(page, true);
        spa = page;
        return this;
    }

    /** Types by ending; {@link MediaTypes#standard} unless set. */
    public StaticFilesBuilder mediaTypes(MediaTypes types) {
        this.types = types;
        return this;
    }

    /** One value of Cache-Control for all files; none unless set. */
    public StaticFilesBuilder cacheControl(String value) {
        String checked = FieldSyntax.requireValue("Cache-Control", value);
        return cacheControl(path -> checked);
    }

    /**
     * A value of Cache-Control for each file, such as {@code immutable} for those with a hash in their names.
     *
     * @param byPath asked with the path inside the root, on workers; null for none
     */
    public StaticFilesBuilder cacheControl(Function<String, @Nullable String> byPath) {
        this.cacheControl = byPath;
        return this;
    }

    /** One more field for every answer with a file: {@code X-Content-Type-Options} and its like. */
    public StaticFilesBuilder field(String name, String value) {
        fields.add(name, value);
        return this;
    }

    /**
     * Whether {@code .br}, {@code .zst} and {@code .gz} siblings that are smaller and not older are used; they are
     * unless set.
     */
    public StaticFilesBuilder precompressed(boolean used) {
        this.precompressed = used;
        return this;
    }

    /**
     * Whether texts that have no {@code .gz} sibling are put into gzip: those in memory, of at least 512 bytes, of a type that
     * gains by it, and without {@code no-transform} in their Cache-Control. It is done once for each state of a file, by the
     * {@linkplain #executor executor}, after a client has asked for it that accepts gzip; until then, and for good if it saves
     * less than a tenth, the file goes out as it is. Its tag is the file's with {@code -gzip} behind it.
     *
     * <p>Not done unless set, as for kept answers ({@link io.gatehouse.cache.CachePolicy#gzip}): it costs time and memory that
     * a build which lays siblings beside its files saves, and who asks for ranges of a text would meet another representation
     * than yesterday.
     */
    public StaticFilesBuilder gzip(boolean made) {
        this.gzip = made;
        return this;
    }

    /**
     * How many bytes the files in memory may weigh, their heads included, as a bound of their own; 0 for none. Unless it or
     * {@link #cache} is set, files that a server mounts share the bound of its output cache, and others have 32 MiB. A file
     * of more than 256 KiB is never read into memory.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public StaticFilesBuilder hotBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("hotBytes " + bytes + ": set 0 or more");
        }
        this.hotBytes = bytes;
        this.cache = null;
        return this;
    }

    /** The cache in whose memory the files lie, under its bound, in the place of {@link #hotBytes}. */
    public StaticFilesBuilder cache(OutputCache shared) {
        this.cache = shared;
        return this;
    }

    /**
     * How long a copy in memory is served without a look at the file; 1 s unless set. For as long again it is served
     * while one thread looks. 0: a worker looks at every request.
     *
     * @throws IllegalArgumentException if it is negative or longer than a year
     */
    public StaticFilesBuilder freshness(Duration time) {
        if (time.isNegative() || time.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException("freshness " + time + ": set 0 to 365 days");
        }
        this.freshness = time;
        return this;
    }

    /**
     * Who looks at files whose copies are stale, and closes files; unless set a daemon thread that exists while it
     * has work.
     */
    public StaticFilesBuilder executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    /**
     * The clock that counts freshness, in nanoseconds from anywhere; {@link System#nanoTime} unless set. Asked on I/O
     * threads.
     */
    public StaticFilesBuilder nanos(LongSupplier nanos) {
        this.nanos = nanos;
        return this;
    }

    /** The clock on the wall, against which files are new or old; the system's unless set. */
    public StaticFilesBuilder clock(InstantSource clock) {
        this.clock = clock;
        return this;
    }

    /**
     * The files, ready to be registered.
     *
     * @throws IllegalArgumentException if the directory or folder is not there; the text says where it was looked for
     */
    public StaticFiles build() {
        return new StaticFiles(root.get(), this);
    }

    StaticFilesBuilder boundaries(Supplier<String> boundaries) {
        this.boundaries = boundaries;
        return this;
    }

    /** A bound of their own. */
    long hotBytes() {
        return hotBytes < 0 ? DEFAULT_BYTES : hotBytes;
    }

    boolean hasBound() {
        return hotBytes >= 0;
    }

    FileLoader.Rules rules() {
        return new FileLoader.Rules(index, types, cacheControl, fields.build(), precompressed);
    }

    private static void requirePlain(String path, boolean fine) {
        if (!fine || path.isEmpty() || !PathSyntax.isPlain(path, false)) {
            throw new IllegalArgumentException(
                    "'" + path + "' is no plain name inside the root: write index.html or its like");
        }
    }

    /** Nobody can know it before, so nobody can have put it into a file. */
    private static String boundary() {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static Executor ownThread() {
        ThreadPoolExecutor one = new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                task -> {
            Thread thread = new Thread(task, "gatehouse-files");
            thread.setDaemon(true);
            return thread;
        });
        one.allowCoreThreadTimeOut(true);
        return one;
    }
}
