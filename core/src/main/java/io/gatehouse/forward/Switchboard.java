/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.HttpFailure;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request a target, and keeps those that can't have one yet. On the loop's thread, but for what says otherwise.
 *
 * <pre>
 *   request ── a target in service has room ────────► one of them, as the balance says
 *           ── all in service are full ─────────────► WAITING for a connection that comes free
 *           ── none in service ─────────────────────► HELD until one is, or 503
 *           ── those in service have been tried ────► the failure of the last one
 * </pre>
 *
 * <p>Only targets of the lowest rank that has any in service count.
 */
final class Switchboard {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.forward");

    private final ForwardLoop loop;
    private final ForwardSettings settings;
    private final Choice choice;
    private final HealthChecks checks;
    private final Roster roster = new Roster();
    private final WaitingLine waiting;
    private final WaitingLine held;
    private final ArrayList<Target> candidates = new ArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private boolean closed;
    private boolean wanted;
    private boolean reassigning;
    private boolean settling;
    private boolean serving;

    Switchboard(ForwardLoop loop, ForwardSettings settings) {
        this.loop = loop;
        this.settings = settings;
        this.choice = Choice.by(settings.balance());
        this.checks = new HealthChecks(this);
        this.waiting = new WaitingLine(loop, Deadlines::queuedSince);
        this.held = new WaitingLine(loop, Deadlines::heldSince);
    }

    ForwardLoop loop() {
        return loop;
    }

    ForwardSettings settings() {
        return settings;
    }

    // ---- any thread

    /** Those that are there. Not to be changed. */
    Target[] targets() {
        return roster.targets();
    }

    /**
     * Counts a request in, whatever it will wait for: a connection, a target, this board's turn, or a client that takes its time with
     * an answer whose connection others use by then.
     *
     * @throws HttpFailure 503, if there are as many as all connections, twice, and all who may wait
     */
    void enter() {
        ForwardLimits limits = settings.limits();
        long most = 2L * limits.connections() * Math.max(1, targets().length) + limits.queue() + settings.heldMost();
        if (underWay.incrementAndGet() > most) {
            underWay.decrementAndGet();
            throw new OriginFailure(most + " requests are under way to " + roster + ", twice what connections=" + limits.connections()
                    + " to each can take, and those that may wait").busy();
        }
    }

    /** Counts it out. */
    void exit() {
        underWay.decrementAndGet();
    }

    /** Those that wait for a connection, to be counted. */
    WaitingLine waiting() {
        return waiting;
    }

    /** Those that wait for a target, to be counted. */
    WaitingLine held() {
        return held;
    }

    TargetCounts counts() {
        return roster.counts();
    }

    Target add(Origin origin, TargetOptions options) {
        origin.checkPeer(options.peer() == null ? settings.peer() : options.peer());
        TargetHealth health = new TargetHealth(
                settings.passive() == null ? PassiveHealth.DEFAULTS : settings.passive(), settings.active(), options, loop.time());
        Target target = new Target(this, origin, options, health);
        if (!roster.add(target)) {
            throw new IllegalStateException("the forward is closed: add " + origin + " to another one");
        }
        loop.execute(this::changed);
        return target;
    }

    void remove(Target target) {
        if (!roster.remove(target)) {
            return;
        }
        loop.execute(() -> {
            target.health().remove(); // once more: the loop may have changed it in between
            target.pool().close();
            target.settle();
            roster.forget(target);
            changed();
        });
    }

    // ---- the targets' side

    void drain(Target target) {
        target.health().drain();
        target.settle();
        changed();
    }

    /** A target has answered as it should. */
    void answered(Target target) {
        if (target.health().answered(loop.now())) {
            LOG.log(Level.INFO, () -> target.origin() + " is in service again");
            changed();
        }
    }

    /** A request failed by its target's fault. */
    void failed(Target target, boolean wasTrial, boolean refused) {
        target.tally().count(Tally.FAILURES);
        boolean spared = settings.passive() == null && targets().length == 1;
        if (target.health().failed(loop.now(), wasTrial, refused, spared)) {
            LOG.log(Level.WARNING, () -> target.origin() + " is out of service: requests to it failed");
            changed();
        }
    }

    /** A target must not get requests, for it is not who it should be. */
    void distrusted(Target target) {
        if (target.health().fall(loop.now())) {
            changed();
        }
    }

    /** What a check of a target found. */
    void checked(Target target, boolean fine, String why) {
        if (target.health().checked(loop.now(), fine)) {
            LOG.log(fine ? Level.INFO : Level.WARNING,
                    () -> target.origin() + (fine ? " is in service again" : " is out of service: its check " + why));
            changed();
        }
    }

    // ---- the passages' side

    /** Gives the passage a target, or keeps or fails it. */
    void assign(Passage passage) {
        if (closed) {
            passage.fail(new OriginFailure("the forward is closed").busy());
            return;
        }
        boolean full = gather(passage);
        HttpFailure last = passage.attempts().last();
        if (!candidates.isEmpty()) {
            Target target = candidates.size() == 1 ? candidates.get(0) : choice.of(candidates, passage.key(), loop.now());
            candidates.clear();
            passage.give(target);
        } else if (full) {
            await(passage);
        } else if (serving && last != null) {
            passage.fail(last);
        } else {
            hold(passage, last);
        }
    }

    /** The passage does not wait any more. */
    void leave(Passage passage) {
        if (!waiting.remove(passage)) {
            held.remove(passage);
            settle();
        }
    }

    // ---- the pools' side

    /** Whether a request waits for a connection. */
    boolean isWaitedFor() {
        return !waiting.isEmpty();
    }

    /** Gives a connection to who waits longest. */
    void serveWaiting() {
        if (!waiting.isEmpty()) {
            assign(waiting.poll());
        }
    }

    /** A connection is no more, so that another may be opened. */
    void placeIsFree() {
        if (!waiting.isEmpty()) {
            loop.execute(this::serveWaiting); // not from here: one that fails at once would come here again, and deeper each time
        }
    }

    // ---- the loop's side

    /** Whether time changes nothing here. */
    boolean isEmpty() {
        if (!waiting.isEmpty() || !held.isEmpty() || settings.active() != null) {
            return false;
        }
        for (Target target : targets()) {
            if (!target.pool().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    void tick(long now) {
        for (Target target : targets()) {
            target.pool().tick(now);
        }
        waiting.all().forEach(passage -> passage.tick(now));
        held.all().forEach(passage -> passage.tick(now));
        if (!held.isEmpty() && anyAdmits(now)) {
            changed();
        }
        checks.tick(now);
    }

    /** Fails what is under way and closes every connection. */
    void close() {
        closed = true;
        Target[] all = roster.close();
        List<Passage> passages = waiting.all();
        passages.addAll(held.all());
        for (Target target : all) {
            passages.addAll(target.pool().users());
        }
        for (Passage passage : passages) {
            passage.fail(new OriginFailure("the forward is closed").busy());
        }
        for (Target target : all) {
            target.pool().close();
        }
    }

    /** Targets have come or gone: has all who wait look again, soon. */
    private void changed() {
        if (!reassigning && (!waiting.isEmpty() || !held.isEmpty())) {
            reassigning = true;
            loop.execute(this::reassign);
        }
    }

    private void reassign() {
        reassigning = false;
        settling = true;
        List<Passage> passages = waiting.take();
        passages.addAll(held.take());
        passages.forEach(this::assign);
        settling = false;
        waiting.told();
        held.told();
        settle();
    }

    /** Collects the targets that could take it; returns whether there are any without room. */
    private boolean gather(Passage passage) {
        long now = loop.now();
        int rank = Integer.MAX_VALUE;
        boolean full = false;
        serving = false;
        candidates.clear();
        for (Target target : targets()) {
            if (!target.health().admits(now)) {
                continue;
            }
            serving = true;
            if (target.options().rank() > rank || passage.attempts().hasTried(target)) {
                continue;
            }
            if (target.options().rank() < rank) {
                rank = target.options().rank();
                candidates.clear();
                full = false;
            }
            if (target.pool().hasRoom()) {
                candidates.add(target);
            } else {
                full = true;
            }
        }
        return full;
    }

    private boolean anyAdmits(long now) {
        for (Target target : targets()) {
            if (target.health().admits(now)) {
                return true;
            }
        }
        return false;
    }

    private void await(Passage passage) {
        if (waiting.size() < settings.limits().queue()) {
            passage.waits(false);
            waiting.add(passage);
        } else {
            passage.fail(new OriginFailure("connections=" + settings.limits().connections() + " to each of " + roster
                    + " are in use and queue=" + settings.limits().queue() + " requests wait").busy());
        }
    }

    private void hold(Passage passage, @Nullable HttpFailure last) {
        boolean unheld = settings.patience().isZero() || held.size() >= settings.heldMost();
        if (last != null && (passage.attempts().isDistrusted() || unheld && !passage.attempts().wasRefused())) {
            passage.fail(last); // which took the last target out of service
        } else if (unheld) {
            String what = targets().length == 0 ? "there is no target" : "no target is in service of " + roster;
            passage.fail(new OriginFailure(
                    held.isEmpty() ? what : what + ", and hold=" + settings.heldMost() + " requests wait for one", last).away());
        } else {
            keep(passage);
        }
    }

    private void keep(Passage passage) {
        passage.waits(true);
        held.add(passage);
        Runnable start = settings.whenWanted();
        if (!wanted && start != null) {
            wanted = true;
            Thread thread = new Thread(() -> call(start), "gatehouse-forward-wanted");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void call(Runnable start) {
        try {
            start.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "what a forward does when a target is wanted failed", e);
        }
    }

    /** When nobody is held any more, the next one who is wants a target anew. */
    private void settle() {
        if (held.isEmpty() && !settling) {
            wanted = false;
        }
    }
}
