/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one round measured.
 *
 * @param rate requests a second
 * @param latency microseconds in which 99 of 100 were answered
 * @param user microseconds of processor time outside the kernel, per request
 * @param system microseconds of processor time inside the kernel, per request
 * @param allocated bytes on the heap, per request
 * @param switches context switches, per request
 */
record Sample(double rate, double latency, double user, double system, double allocated, double switches) {

    static Sample of(Wrk.Load load, MeasuredServer.Usage usage) {
        double requests = load.requests();
        return new Sample(
                requests / load.seconds(),
                load.latency(),
                usage.user() / requests,
                usage.system() / requests,
                usage.allocated() / requests,
                usage.switches() / requests);
    }

    /** The median of each column by itself. */
    static Sample median(List<Sample> samples) {
        return new Sample(
                median(samples, Sample::rate),
                median(samples, Sample::latency),
                median(samples, Sample::user),
                median(samples, Sample::system),
                median(samples, Sample::allocated),
                median(samples, Sample::switches));
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> column) {
        double[] sorted = samples.stream().mapToDouble(column).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Microseconds of processor time per request. */
    double processor() {
        return user + system;
    }

    /** The part of the processor time that is spent outside the kernel. */
    double userShare() {
        return user / processor();
    }

    /** Processor time per request against another's: less than 1 is cheaper. */
    double costAgainst(Sample other) {
        return processor() / other.processor();
    }
}
