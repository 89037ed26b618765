/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** One way to run a test of the contract: how the input is cut, when a completion goes on, who does the work. */
public record Variant(Cut cut, Pace pace, Worker worker) {

    /** How a client cuts what it sends. */
    public enum Cut {
        WHOLE,
        ONE_BYTE,
        AT_RANDOM;

        /** The pieces, which joined are the text again. */
        List<ByteBuffer> pieces(byte[] text) {
            Random random = new Random(text.length); // the same pieces in every run
            List<ByteBuffer> pieces = new ArrayList<>();
            for (int from = 0; from < text.length; ) {
                int size = switch (this) {
                    case WHOLE -> text.length;
                    case ONE_BYTE -> 1;
                    case AT_RANDOM -> 1 + random.nextInt(Math.min(40, 1 + text.length / 4));
                };
                int to = Math.min(text.length, from + size);
                pieces.add(ByteBuffer.wrap(text, from, to - from));
                from = to;
            }
            return pieces;
        }
    }

    /** When a script goes on after a completion or a demand: in the very call, or later on another thread. */
    public enum Pace {
        INLINE,
        DELAYED
    }

    /** Who runs a script. */
    public enum Worker {
        /** The I/O thread that brought the request. */
        SAME_THREAD,
        /** A pool of two threads. */
        POOL,
        /** A virtual thread, or a plain thread each where the JDK has none. */
        VIRTUAL;

        ExecutorService start() {
            return switch (this) {
                case SAME_THREAD -> new SameThread();
                case POOL -> Executors.newFixedThreadPool(2, task -> new Thread(task, "worker"));
                case VIRTUAL -> virtual();
            };
        }

        private static ExecutorService virtual() {
            try {
                return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
            } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
                return Executors.newCachedThreadPool(task -> new Thread(task, "worker"));
            }
        }
    }

    /** The plain case: whole, inline, on the I/O thread. */
    public static final Variant PLAIN = new Variant(Cut.WHOLE, Pace.INLINE, Worker.SAME_THREAD);

    /** The awkward case: byte by byte, late and elsewhere. */
    public static final Variant AWKWARD = new Variant(Cut.ONE_BYTE, Pace.DELAYED, Worker.POOL);

    /** All of them. */
    static Stream<Variant> all() {
        return Stream.of(Cut.values()).flatMap(cut -> Stream.of(Pace.values()).flatMap(
                pace -> Stream.of(Worker.values()).map(worker -> new Variant(cut, pace, worker))));
    }

    /** Those that differ in what a server does, for tests whose input is not the point. */
    static Stream<Variant> whole() {
        return all().filter(variant -> variant.cut == Cut.WHOLE);
    }

    /** One for each cut, and the workers and paces in turn. */
    static Stream<Variant> few() {
        return Stream.of(
                PLAIN, AWKWARD, new Variant(Cut.AT_RANDOM, Pace.INLINE, Worker.VIRTUAL),
                new Variant(Cut.WHOLE, Pace.DELAYED, Worker.SAME_THREAD));
    }

    @Override
    public String toString() {
        return cut + " " + pace + " " + worker;
    }
}
