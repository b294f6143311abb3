package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.AnswerSoFar;
import io.circuitbreaker.llm.chat.Prefill;

/**
 * How much of the beginning of a continuation has been said before. Characters are compared exactly: the longest beginning
 * of the new text that is also the end of the delivered one is taken for a repetition if it is
 *
 * <ul>
 * <li>all that was delivered, and no shorter than {@value #LEAST_WHOLE} (for a model that goes on by itself; else {@value
 *     #LEAST_LETTERS}): the model has begun anew; or
 * <li>no shorter than {@value #LEAST_BY_ITSELF} characters for a model that goes on by itself, which it rarely gets wrong,
 *     or {@value #LEAST_INSTRUCTED} for one that was asked in words; a character of Chinese, Japanese or Korean counts for
 *     three; or
 * <li>whole words, for one that was asked in words, if the new text would stick to the old without a space: "the brown",
 *     "brown fox".
 * </ul>
 *
 * <p>Anything shorter is chance: "he had", " had enough". And nothing is a repetition where the delivered text ends in
 * repeating itself, such as in a line of dashes, a table's rows or a refrain: there the same once more is how it goes on. A
 * lost word is worse than a doubled one, so that in doubt the text stays.
 *
 * <p>White space at the end of the delivered text that the model did not see is not said twice either.
 */
final class Overlap {

    static final int LEAST_WHOLE = 8;
    static final int LEAST_BY_ITSELF = 40;
    static final int LEAST_INSTRUCTED = 12;
    static final int LEAST_LETTERS = 2;

    private static final int WEIGHT_OF_IDEOGRAPH = 3;
    private static final int FIRST_IDEOGRAPH = 0x2E80;

    private final String delivered;
    private final int begunByClient;
    private final Prefill way;

    /**
     * @param begun     how the client itself had begun the answer; empty if it had not
     * @param delivered what the client has got after that
     * @param way       how the model was asked to go on
     */
    Overlap(String begun, String delivered, Prefill way) {
        this.delivered = begun + delivered;
        this.begunByClient = begun.length();
        this.way = way;
    }

    /** All that has been said before, the client's own beginning included. */
    String delivered() {
        return delivered;
    }

    /** How many characters at the beginning of {@code text} are to be left out. */
    int in(String text) {
        int said = repeated(delivered, text);
        if (said > 0) {
            return said;
        }
        String seen = AnswerSoFar.trimmed(delivered);
        String space = delivered.substring(seen.length());
        if (space.isEmpty()) {
            return 0;
        }
        int words = repeated(seen, text);
        return words + (words > 0 || way == Prefill.TRIMMED ? spaceSeenAnew(space, text.substring(words))
                : doubleBlank(space, text));
    }

    /** Whether all of {@code text} is a repetition. */
    boolean isAllOf(String text) {
        return repeated(delivered, text) == text.length();
    }

    private int repeated(String before, String text) {
        int longest = longest(before, text);
        return longest > 0 && isRepetition(before, longest) && !goesOnRepeating(before, longest) ? longest : 0;
    }

    private static int longest(String before, String text) {
        for (int start = Math.max(0, before.length() - text.length()); start < before.length(); start++) {
            if (text.regionMatches(0, before, start, before.length() - start)) {
                return before.length() - start;
            }
        }
        return 0;
    }

    private boolean isRepetition(String before, int length) {
        int start = before.length() - length;
        boolean byItself = way != Prefill.NONE;
        boolean whole = start == 0 || start == begunByClient;
        int weight = weight(before, start);
        return whole && weight >= (byItself ? LEAST_WHOLE : LEAST_LETTERS)
                || weight >= (byItself ? LEAST_BY_ITSELF : LEAST_INSTRUCTED)
                || !byItself && before.length() == delivered.length() && isWords(before, start);
    }

    private static int weight(String text, int start) {
        return text.substring(start).codePoints()
                .map(c -> c >= FIRST_IDEOGRAPH && Character.isLetter(c) ? WEIGHT_OF_IDEOGRAPH : Character.charCount(c)).sum();
    }

    /** Whether whole words stand there, of which the last would stick to what follows. */
    private static boolean isWords(String text, int start) {
        boolean begins = start == 0 || !Character.isLetterOrDigit(text.charAt(start - 1));
        return begins && text.length() - start >= LEAST_LETTERS && Character.isLetter(text.charAt(start))
                && Character.isLetter(text.charAt(text.length() - 1));
    }

    /** Whether what may be a repetition is one of at least three in a row, the last two of them delivered. */
    private static boolean goesOnRepeating(String text, int length) {
        int period = period(text.substring(text.length() - length));
        int twoBack = text.length() - 2 * period;
        return twoBack >= 0 && text.regionMatches(twoBack, text, twoBack + period, period);
    }

    /** The least distance at which the text is equal to itself; its length if it is not. By Knuth, Morris and Pratt. */
    private static int period(String text) {
        int[] border = new int[text.length() + 1];
        border[0] = -1;
        int matched = -1;
        for (int i = 0; i < text.length(); i++) {
            while (matched >= 0 && text.charAt(matched) != text.charAt(i)) {
                matched = border[matched];
            }
            border[i + 1] = ++matched;
        }
        return text.length() - border[text.length()];
    }

    /** For a model that was shown the text without the space at its end, and may say it, or a part of it, by itself. */
    private static int spaceSeenAnew(String space, String text) {
        if (text.startsWith(space)) {
            return space.length();
        }
        int leading = 0;
        while (leading < text.length() && AnswerSoFar.isSpace(text.charAt(leading))) {
            leading++;
        }
        return space.endsWith(text.substring(0, leading)) ? leading : 0;
    }

    /** Of two blanks between words one is the model's own; line ends and indents may be meant. */
    private int doubleBlank(String space, String text) {
        boolean doubled = way == Prefill.NONE && space.equals(" ") && text.startsWith(" ") && text.length() > 1
                && !AnswerSoFar.isSpace(text.charAt(1));
        return doubled ? 1 : 0;
    }
}
