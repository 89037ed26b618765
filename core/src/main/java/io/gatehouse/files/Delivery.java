/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.handler.Response;
import io.gatehouse.http.ByteRanges.Range;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends what was decided, and sees to it that what was opened for it is closed. On workers; holds none while it sends. */
final class Delivery {

    private static final System.Logger LOG = System.getLogger(StaticFiles.class.getName());

    private final Executor executor;
    private final Supplier<String> boundaries;

    /**
     * A delivery.
     *
     * @param executor closes files
     * @param boundaries of multipart answers, which no file has in it
     */
    Delivery(Executor executor, Supplier<String> boundaries) {
        this.executor = executor;
        this.boundaries = boundaries;
    }

    /**
     * What is to be sent.
     *
     * @param content open or in memory; null if there are no bytes to send
     * @param fallback whether it stands in for what is not there
     */
    record Plan(Representation representation, Answer answer, @Nullable Content content, boolean fallback) {}

    /** Sends it; returns when the transport has what is to be sent. */
    void send(Response response, Plan plan, Completion done) throws IOException {
        Representation representation = plan.representation();
        Content content = plan.content();
        if (plan.answer() instanceof Answer.Bodiless bodiless) {
            apply(response, bodiless.prepared().head(), plan.fallback());
            close(content);
            done.succeeded();
            return;
        }
        if (content == null) {
            apply(response, representation.whole().head(), plan.fallback());
            done.succeeded();
            return;
        }
        Completion closing = content instanceof Content.InMemory ? done : closing(content, done);
        boolean begun = false;
        try {
            if (plan.answer() instanceof Answer.Parts parts) {
                sendParts(response, plan, parts.ranges(), content, closing);
            } else if (plan.answer() instanceof Answer.Part part) {
                apply(response, Answer.head(representation, part.range()), plan.fallback());
                content.send(response, part.range().first(), part.range().length(), true, closing);
            } else {
                apply(response, representation.whole().head(), plan.fallback());
                content.send(response, 0, content.stamp().size(), true, closing);
            }
            begun = true;
        } finally {
            if (!begun) {
                close(content);
            }
        }
    }

    private void sendParts(Response response, Plan plan, List<Range> ranges, Content content, Completion done) {
        Fields description = plan.representation().description();
        String boundary = boundaries.get();
        List<byte[]> heads = FileSender.heads(
                boundary, description.first("Content-Type"), description.first("Content-Encoding"), ranges,
                content.stamp().size());
        Fields.Builder fields = description.toBuilder();
        fields.remove("Content-Encoding"); // each part has it: what surrounds them is not encoded
        fields.set("Content-Type", "multipart/byteranges; boundary=" + boundary);
        fields.set("Content-Length", Long.toString(FileSender.length(heads, ranges)));
        apply(response, ResponseHead.of(206, fields.build()), plan.fallback());
        FileSender.send(response, content, ranges, heads, done);
    }

    /** A close may wait for the disk. Completions come on I/O threads, which leave it to the executor, or on this one. */
    private Completion closing(Content content, Completion done) {
        Thread worker = Thread.currentThread();
        return new Completion() {
            @Override
            public void succeeded() {
                end();
                done.succeeded();
            }

            @Override
            public void failed(Throwable cause) {
                end();
                done.failed(cause);
            }

            private void end() {
                if (Thread.currentThread() == worker) {
                    close(content);
                } else {
                    closeLater(content);
                }
            }
        };
    }

    private void closeLater(Content content) {
        try {
            executor.execute(() -> close(content));
        } catch (RejectedExecutionException e) {
            close(content);
        }
    }

    private static void close(@Nullable Content content) {
        try {
            if (content != null) {
                content.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "can't close a file", e);
        }
    }

    /** Fields that were set before stay, but for those of the same name; what varies by more than one thing says so. */
    private static void apply(Response response, ResponseHead head, boolean byAccept) {
        response.status(head.status());
        for (int i = 0; i < head.fields().size(); i++) {
            String field = head.fields().name(i);
            if (field.equalsIgnoreCase("Vary")) {
                response.fields().add(field, head.fields().value(i));
            } else {
                response.fields().set(field, head.fields().value(i));
            }
        }
        if (byAccept) {
            response.fields().add("Vary", "Accept");
        }
    }
}
