package io.circuitbreaker.llm.provider;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A text that may quote another, which is to be taken out: whole, cut off at either end, or escaped for JSON. Found is
 * every piece of {@value #WINDOW} letters and digits or more. Time is linear in the quoted text, which may be
 * megabytes.
 */
final class QuotedText {

    private static final int WINDOW = 16;
    /** Shorter texts are words that any message may have. */
    private static final int SHORTEST = 8;

    private String text;
    private boolean changed;

    QuotedText(String text) {
        this.text = text;
    }

    boolean changed() {
        return changed;
    }

    @Override
    public String toString() {
        return text;
    }

    /** Puts {@code instead} in the place of each piece of {@code quoted}. */
    void remove(String quoted, String instead) {
        Letters secret = Letters.of(quoted);
        int window = Math.min(WINDOW, secret.size());
        if (window >= SHORTEST) {
            Letters letters = Letters.located(text);
            replace(letters, pieces(letters, secret, window), instead);
        }
    }

    private static BitSet pieces(Letters letters, Letters secret, int window) {
        Map<Long, List<Integer>> windows = new HashMap<>();
        letters.windows(window, (hash, at) -> windows.computeIfAbsent(hash, _ -> new ArrayList<>()).add(at));
        BitSet found = new BitSet();
        secret.windows(window, (hash, at) -> {
            List<Integer> same = windows.get(hash);
            if (same != null && letters.matches(same.getFirst(), secret, at, window)) {
                same.forEach(start -> found.set(start, start + window));
                // A text that repeats itself costs no more than another.
                windows.remove(hash);
            }
        });
        return found;
    }

    private void replace(Letters letters, BitSet found, String instead) {
        StringBuilder clean = new StringBuilder();
        int copied = 0;
        for (int first = found.nextSetBit(0); first >= 0; first = found.nextSetBit(found.nextClearBit(first))) {
            clean.append(text, copied, letters.start(first)).append(instead);
            copied = letters.end(found.nextClearBit(first) - 1);
            changed = true;
        }
        text = clean.append(text, copied, text.length()).toString();
    }
}
