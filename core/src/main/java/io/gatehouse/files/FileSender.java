/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.handler.Response;
import io.gatehouse.http.ByteRanges.Range;
import io.gatehouse.http.Completion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends several ranges of a file as multipart/byteranges (RFC 9110 section 14.6), piece by piece, on no thread of its
 * own.
 *
 * <p>A loop, not a recursion: a piece whose completion comes inline only leaves a note that the loop may go on.
 *
 * <pre>
 *   head of part 0 ─► bytes ─► head of part 1 ─► bytes ─► ... ─► closing delimiter (last) ─► done
 *         └──────────────┴── a failure at any piece ──► done.failed
 * </pre>
 */
final class FileSender implements Completion {

    private final Response response;
    private final Content content;
    private final List<Range> ranges;
    private final List<byte[]> heads;
    private final Completion done;
    private int piece;
    private boolean looping;
    private boolean completed;

    private FileSender(
            Response response, Content content, List<Range> ranges, List<byte[]> heads, Completion done) {
        this.response = response;
        this.content = content;
        this.ranges = ranges;
        this.heads = heads;
        this.done = done;
    }

    /**
     * What stands before each part, and after the last.
     *
     * @param coding value of Content-Encoding, which is the part's, not the multipart's; null if there is none
     */
    static List<byte[]> heads(String boundary, @Nullable String type, @Nullable String coding, List<Range> ranges,
            long size) {
        String common = (type == null ? "" : "Content-Type: " + type + "\r\n")
                + (coding == null ? "" : "Content-Encoding: " + coding + "\r\n");
        StringBuilder all = new StringBuilder();
        byte[][] heads = new byte[ranges.size() + 1][];
        for (int i = 0; i < ranges.size(); i++) {
            all.setLength(0);
            all.append(i == 0 ? "--" : "\r\n--").append(boundary).append("\r\n").append(common)
                    .append("Content-Range: ").append(ranges.get(i).contentRange(size)).append("\r\n\r\n");
            heads[i] = all.toString().getBytes(StandardCharsets.ISO_8859_1);
        }
        heads[ranges.size()] = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.ISO_8859_1);
        return List.of(heads);
    }

    /** How many bytes the whole body has. */
    static long length(List<byte[]> heads, List<Range> ranges) {
        return heads.stream().mapToLong(head -> head.length).sum() + ranges.stream().mapToLong(Range::length).sum();
    }

    /** Sends them; the response's head is set. */
    static void send(Response response, Content content, List<Range> ranges, List<byte[]> heads, Completion done) {
        new FileSender(response, content, ranges, heads, done).advance();
    }

    @Override
    public void succeeded() {
        synchronized (this) { // two threads meet here for a moment only: the one that wrote and the one that completes
            completed = true;
            if (looping) {
                return;
            }
        }
        advance();
    }

    @Override
    public void failed(Throwable cause) {
        done.failed(cause);
    }

    private void advance() {
        int last = 2 * ranges.size();
        while (piece <= last) {
            synchronized (this) {
                looping = true;
                completed = false;
            }
            int now = piece++;
            try {
                if (now % 2 == 0) {
                    response.write(ByteBuffer.wrap(heads.get(now / 2)), now == last, this);
                } else {
                    Range range = ranges.get(now / 2);
                    content.send(response, range.first(), range.length(), false, this);
                }
            } catch (RuntimeException e) { // the exchange has ended meanwhile; who waits must hear of it all the same
                done.failed(e);
                return;
            }
            synchronized (this) {
                looping = false;
                if (!completed) {
                    return;
                }
            }
        }
        done.succeeded();
    }
}
