/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import java.math.BigInteger;
import java.time.Duration;

/** Sizes such as {@code 8KiB} and durations such as {@code 10s}, read and written. */
final class Quantities {

    private static final String[] SIZES = {"GiB", "MiB", "KiB", "B"};
    private static final long[] BYTES = {1L << 30, 1L << 20, 1L << 10, 1};
    private static final String[] TIMES = {"ms", "h", "m", "s"};
    private static final long[] MILLIS = {1, 3_600_000, 60_000, 1_000};

    private Quantities() {}

    /** Bytes; throws an IllegalArgumentException that ends in what to write. */
    static long size(String text) {
        for (int i = 0; i < SIZES.length; i++) {
            if (text.endsWith(SIZES[i])) {
                return product(text, SIZES[i], BYTES[i], "a size: write one like 512, 8KiB, 10MiB or 1GiB");
            }
        }
        return product(text, "", 1, "a size: write one like 512, 8KiB, 10MiB or 1GiB");
    }

    /** A time with its unit; throws an IllegalArgumentException that ends in what to write. */
    static Duration duration(String text) {
        String what = "a duration: write one like 500ms, 10s, 2m or 1h";
        for (int i = 0; i < TIMES.length; i++) {
            if (text.endsWith(TIMES[i])) {
                return Duration.ofMillis(product(text, TIMES[i], MILLIS[i], what));
            }
        }
        throw new IllegalArgumentException("is not " + what);
    }

    /** A number of things; throws an IllegalArgumentException that ends in what to write. */
    static int count(String text) {
        long number = product(text, "", 1, "a number: write digits, like 100");
        if (number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("is too large: write at most " + Integer.MAX_VALUE);
        }
        return (int) number;
    }

    /** A size as {@link #size} reads it, in the largest unit that fits. */
    static String text(long bytes) {
        for (int i = 0; i < SIZES.length - 1; i++) {
            if (bytes > 0 && bytes % BYTES[i] == 0) {
                return bytes / BYTES[i] + SIZES[i];
            }
        }
        return Long.toString(bytes);
    }

    /** A duration as {@link #duration} reads it. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    private static long product(String text, String unit, long factor, String what) {
        String digits = text.substring(0, text.length() - unit.length());
        boolean fine = !digits.isEmpty();
        for (int i = 0; i < digits.length() && fine; i++) {
            fine = digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        if (!fine) {
            throw new IllegalArgumentException("is not " + what);
        }
        BigInteger product = new BigInteger(digits).multiply(BigInteger.valueOf(factor));
        if (product.bitLength() > 62) {
            throw new IllegalArgumentException("is too large: write less than 2^62" + (unit.isEmpty() ? "" : " in all"));
        }
        return product.longValueExact();
    }
}
