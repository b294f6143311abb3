package io.circuitbreaker.llm.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;

/** Bytes cut up without regard to what they mean. */
final class Pieces {

    private Pieces() {
    }

    /** All of {@code size} bytes but the last, which has what is left. */
    static List<byte[]> of(byte[] bytes, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("size of a piece must be > 0, was " + size);
        }
        return cut(bytes, () -> size);
    }

    /** Each of 1 to {@code maxSize} bytes; equal seeds give equal pieces. */
    static List<byte[]> random(byte[] bytes, int maxSize, long seed) {
        Random random = new Random(seed);
        return cut(bytes, () -> 1 + random.nextInt(maxSize));
    }

    private static List<byte[]> cut(byte[] bytes, IntSupplier nextSize) {
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        while (from < bytes.length) {
            int to = Math.min(bytes.length, from + nextSize.getAsInt());
            pieces.add(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
        return pieces;
    }
}
