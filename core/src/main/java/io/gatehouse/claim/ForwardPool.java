/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.forward.Forward;
import io.gatehouse.forward.ForwardBuilder;
import io.gatehouse.forward.ForwardedFields;
import io.gatehouse.forward.Target;
import io.gatehouse.forward.TargetOptions;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.http.Completion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A pool that forwards. The claimant gets the request as if it held the port: with the host that the client asked for, and with
 * Forwarded for the rest. Bodies leave when the claimant asks for them, so that one that dies before costs nobody a request.
 */
final class ForwardPool implements Pool {

    private final Forward forward;

    ForwardPool(Duration hold, int queue, @Nullable Runnable wanted) {
        ForwardBuilder builder = Forward.to().preserveHost().forwarded(ForwardedFields.BOTH).confirmBodies().limits(limits -> limits.withQueue(queue));
        if (!hold.isZero() && queue > 0) {
            builder.hold(hold, queue);
            if (wanted != null) {
                builder.whenWanted(wanted);
            }
        }
        forward = builder.build();
    }

    @Override
    public AsyncHandler handler() {
        return (request, response, done) -> forward.handle(request, response, new Completion() {
            @Override
            public void succeeded() {
                done.succeeded();
            }

            @Override
            public void failed(Throwable cause) {
                // A claimant that has died since the last look: its prefix is without one, which is a 503.
                boolean away = Forward.isUnseen(cause) && !response.committed();
                done.failed(away ? new HttpFailure(503, "The program behind this address is not available now.", cause.getCause()) : cause);
            }
        });
    }

    @Override
    public Seat add(Path socket, String user, int rank) {
        return new Place(forward.targets().add("unix:" + socket, TargetOptions.DEFAULTS.withPeer(user).withRank(rank)));
    }

    @Override
    public int held() {
        return forward.targets().held();
    }

    @Override
    public Duration oldestHeld() {
        return forward.targets().oldestHeld();
    }

    @Override
    public void close() {
        forward.close();
    }

    private record Place(Target target) implements Seat {
        @Override
        public String state() {
            return target.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        @Override
        public int outstanding() {
            return target.outstanding();
        }

        @Override
        public long requests() {
            return target.counts().requests();
        }

        @Override
        public long failures() {
            return target.counts().failures();
        }

        @Override
        public CompletionStage<Void> drain() {
            return target.drain();
        }

        @Override
        public void remove() {
            target.remove();
        }
    }
}
