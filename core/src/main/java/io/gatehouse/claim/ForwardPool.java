/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.forward.Forward;
import io.gatehouse.forward.ForwardBuilder;
import io.gatehouse.forward.ForwardedFields;
import io.gatehouse.forward.PassiveHealth;
import io.gatehouse.forward.Target;
import io.gatehouse.forward.TargetOptions;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A pool that forwards. The claimant gets the request as if it held the port: with the host that the client asked for, and with
 * Forwarded for the rest. Bodies leave when the claimant asks for them, so that one that dies before costs nobody a request. One that
 * takes connections and answers none, three requests in a row, gets none for some seconds and then one as a trial: its prefix is a
 * 503 at once meanwhile.
 */
final class ForwardPool implements Pool {

    private final Forward forward;

    ForwardPool(Duration hold, int queue, Duration answer, @Nullable Runnable wanted) {
        ForwardBuilder builder = Forward.to().preserveHost().forwarded(ForwardedFields.BOTH).confirmBodies()
                .health(PassiveHealth.DEFAULTS) // said, so that it holds for a claimant that stands alone as well
                .limits(limits -> limits.withQueue(queue))
                .timeouts(timeouts -> timeouts.withAnswer(answer));
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
        return new AsyncHandler() {
            @Override
            public void handle(Request request, Response response, Completion done) {
                forward.handle(request, response, new Answered(response, done));
            }

            @Override
            public boolean boundsItself() {
                return forward.boundsItself();
            }
        };
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
    public int waiting() {
        return forward.targets().waiting();
    }

    @Override
    public Duration oldestWaiting() {
        return forward.targets().oldestWaiting();
    }

    @Override
    public void close() {
        forward.close();
    }

    private record Answered(Response response, Completion done) implements Completion {
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
