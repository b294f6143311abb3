package io.circuitbreaker.llm.provider;

import java.util.Arrays;

/**
 * The letters and digits of a text, with JSON's escapes undone however often they were applied. Quotation marks, line
 * ends and backslashes are left out, so that a text and its quotation have the same letters.
 */
final class Letters {

    /** Takes the hash of each window of so many letters. */
    @FunctionalInterface
    interface Windows {
        void window(long hash, int at);
    }

    private static final long BASE = 1_000_003;

    private final char[] chars;
    private final int[] starts;
    private final int[] ends;
    private int size;

    private Letters(String text, boolean located) {
        chars = new char[text.length()];
        starts = new int[located ? text.length() : 0];
        ends = new int[starts.length];
        int at = 0;
        while (at < text.length()) {
            at = text.charAt(at) == '\\' ? escape(text, at) : letter(text.charAt(at), at, at + 1);
        }
    }

    static Letters of(String text) {
        return new Letters(text, false);
    }

    /** With {@link #start} and {@link #end}. */
    static Letters located(String text) {
        return new Letters(text, true);
    }

    private int letter(char c, int start, int end) {
        if (Character.isLetterOrDigit(c)) {
            chars[size] = c;
            if (starts.length > 0) {
                starts[size] = start;
                ends[size] = end;
            }
            size++;
        }
        return end;
    }

    private int escape(String text, int start) {
        int at = start;
        while (at < text.length() && text.charAt(at) == '\\') {
            at++;
        }
        if (at == text.length()) {
            return at;
        }
        if (text.charAt(at) == 'u' && isHex(text, at + 1)) {
            return letter((char) Integer.parseInt(text, at + 1, at + 5, 16), start, at + 5);
        }
        // The letter of \n and its like stands for no letter.
        return "bfnrt".indexOf(text.charAt(at)) >= 0 ? at + 1 : at;
    }

    private static boolean isHex(String text, int from) {
        int at = from;
        while (at < from + 4 && at < text.length() && Character.digit(text.charAt(at), 16) >= 0) {
            at++;
        }
        return at == from + 4;
    }

    int size() {
        return size;
    }

    /** Where in the text a letter begins, its escape included. */
    int start(int letter) {
        return starts[letter];
    }

    int end(int letter) {
        return ends[letter];
    }

    boolean matches(int at, Letters other, int otherAt, int length) {
        return Arrays.equals(chars, at, at + length, other.chars, otherAt, otherAt + length);
    }

    /** In time linear in the letters: each hash is made from the one before it. */
    void windows(int length, Windows windows) {
        long highest = 1;
        for (int i = 1; i < length; i++) {
            highest *= BASE;
        }
        long hash = 0;
        for (int i = 0; i < size; i++) {
            if (i >= length) {
                hash -= highest * chars[i - length];
            }
            hash = hash * BASE + chars[i];
            if (i >= length - 1) {
                windows.window(hash, i - length + 1);
            }
        }
    }
}
