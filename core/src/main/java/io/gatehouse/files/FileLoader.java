/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.cache.Zipping;
import io.gatehouse.http.EntityTag;
import io.gatehouse.http.Fields;
import io.gatehouse.http.MediaTypes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Finds what a path means and reads it: index files, siblings, types. On workers: it may block for the disk. */
final class FileLoader {

    /** The largest file that is read into memory, in bytes. */
    static final int LARGEST = 256 * 1024;

    private static final List<Coding> CODINGS =
            List.of(new Coding("br", ".br"), new Coding("zstd", ".zst"), new Coding("gzip", ".gz"));

    private final Root root;
    private final Rules rules;
    private final InstantSource clock;

    FileLoader(Root root, Rules rules, InstantSource clock) {
        this.root = root;
        this.rules = rules;
        this.clock = clock;
    }

    /**
     * How files are described.
     *
     * @param index names of the files that stand for their folder, in order of preference
     * @param types by ending
     * @param cacheControl value of Cache-Control by the path inside the root; null for none
     * @param fields further fields of every answer
     * @param precompressed whether siblings are looked for
     */
    record Rules(
            List<String> index,
            MediaTypes types,
            Function<String, @Nullable String> cacheControl,
            Fields fields,
            boolean precompressed) {}

    /** What a path means. */
    sealed interface Located {}

    /** No file. */
    record Missing() implements Located {}

    /** A folder whose path lacks its slash. */
    record Moved() implements Located {}

    /**
     * A file and its siblings.
     *
     * @param name path of the file inside the root
     * @param plain the file
     * @param codings of the siblings, the smallest first
     * @param coded the siblings
     */
    record Files(String name, Root.Source plain, List<String> codings, List<Root.Source> coded) implements Located {}

    private record Coding(String name, String ending) {}

    private record Sibling(String coding, Root.Source source) {}

    /**
     * What a path means.
     *
     * @param relative inside the root and plain, but for a slash at its end
     */
    Located locate(String relative) throws IOException {
        boolean folder = relative.isEmpty() || relative.endsWith("/");
        if (folder) {
            Files files = index(relative);
            return files == null ? new Missing() : files;
        }
        Root.Found found = root.find(relative);
        if (found instanceof Root.Source source) {
            return files(relative, source);
        }
        boolean moved = found instanceof Root.Folder
                || root.hasImplicitFolders() && index(relative + '/') != null;
        return moved ? new Moved() : new Missing();
    }

    /**
     * Reads what is small and prepares the heads.
     *
     * @param relative the path that was asked for
     * @param nanos the clock that counts freshness, read before the files were looked at
     * @param lay puts bytes where they are to be kept
     * @param zips whether texts without a sibling in gzip are to be put into it
     */
    FileEntry load(String relative, Files files, long nanos, UnaryOperator<ByteBuffer> lay, boolean zips) throws IOException {
        Instant now = clock.instant();
        Fields description = describe(files.name());
        long size = files.plain().stamp().size();
        boolean zippable = zips && size >= Zipping.SHORTEST && size <= LARGEST && !files.codings().contains("gzip")
                && Zipping.suits(description);
        Fields plainly = zippable || !files.codings().isEmpty() ? varying(description) : description;
        Representation plain = represent(plainly, files.plain(), now, lay);
        boolean young = plain.stamp().isYoung(now);
        List<Representation> coded = new ArrayList<>(files.coded().size());
        for (int i = 0; i < files.coded().size(); i++) {
            Fields own = varying(description.with("Content-Encoding", files.codings().get(i)));
            Representation one = represent(own, files.coded().get(i), now, lay);
            young |= one.stamp().isYoung(now);
            coded.add(one);
        }
        Content.InMemory memory = plain.memory();
        boolean still = zippable && memory != null && memory.bytes().limit() >= Zipping.SHORTEST;
        return new FileEntry(relative, plain, files.codings(), List.copyOf(coded), young, still, nanos);
    }

    /** A file in gzip, made of its bytes in memory; null if that is not worth it. Takes a while, but asks no disk. */
    @Nullable Representation zip(Representation plain, UnaryOperator<ByteBuffer> lay) throws IOException {
        Content.InMemory memory = plain.memory();
        Fields fields = Zipping.fields(plain.description());
        String text = fields.first("ETag");
        EntityTag tag = text == null ? null : EntityTag.parse(text);
        ByteBuffer small = memory == null || tag == null ? null : Zipping.zip(memory.bytes());
        if (small == null) {
            return null;
        }
        Stamp stamp = new Stamp(small.limit(), plain.stamp().modified(), tag);
        Fields description = fields.without("ETag").without("Last-Modified");
        Content.InMemory kept = new Content.InMemory(stamp, lay.apply(small));
        return new Representation(plain.source(), stamp, description, kept, clock.instant());
    }

    /** The same representation of another state of its file. */
    Representation renew(Representation old, Content content) {
        Fields.Builder description = old.description().toBuilder();
        description.remove("ETag").remove("Last-Modified").remove("Accept-Ranges");
        Content.InMemory memory = content instanceof Content.InMemory inMemory ? inMemory : null;
        Instant now = clock.instant();
        Stamp told = content.stamp().told(memory == null ? null : memory.bytes(), now);
        return new Representation(old.source(), told, description.build(), memory, now);
    }

    private Fields describe(String name) {
        Fields.Builder description = Fields.builder().add("Content-Type", rules.types().of(name));
        String cacheControl = rules.cacheControl().apply(name);
        if (cacheControl != null) {
            description.add("Cache-Control", cacheControl);
        }
        return description.addAll(rules.fields()).build();
    }

    private static Fields varying(Fields description) {
        return Zipping.vary(description.toBuilder()).build();
    }

    private static Representation represent(
            Fields description, Root.Source source, Instant now, UnaryOperator<ByteBuffer> lay) throws IOException {
        if (source.stamp().size() > LARGEST) {
            Stamp told = source.stamp().told(null, now);
            return new Representation(source, told, description, null, now);
        }
        Content content = source.open(LARGEST);
        if (content instanceof Content.InMemory memory) {
            Stamp told = memory.stamp().told(memory.bytes(), now);
            Content.InMemory kept = new Content.InMemory(told, lay.apply(memory.bytes()));
            return new Representation(source, told, description, kept, now);
        }
        content.close(); // it has grown
        Stamp told = content.stamp().told(null, now);
        return new Representation(source, told, description, null, now);
    }

    private @Nullable Files index(String folder) throws IOException {
        for (String name : rules.index()) {
            if (root.find(folder + name) instanceof Root.Source source) {
                return files(folder + name, source);
            }
        }
        return null;
    }

    /** A sibling counts if it is smaller and not older than its file: else it was made of another state of it. */
    private Files files(String name, Root.Source plain) throws IOException {
        List<Sibling> siblings = new ArrayList<>(CODINGS.size());
        if (rules.precompressed() && !isCompressed(name)) {
            for (Coding coding : CODINGS) {
                if (root.find(name + coding.ending()) instanceof Root.Source source
                        && source.stamp().size() < plain.stamp().size()
                        && source.stamp().notOlderThan(plain.stamp())) {
                    siblings.add(new Sibling(coding.name(), source));
                }
            }
            siblings.sort(Comparator.comparingLong(sibling -> sibling.source().stamp().size()));
        }
        return new Files(
                name, plain,
                siblings.stream().map(Sibling::coding).toList(),
                siblings.stream().map(Sibling::source).toList());
    }

    private static boolean isCompressed(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return CODINGS.stream().anyMatch(coding -> lower.endsWith(coding.ending()));
    }
}
