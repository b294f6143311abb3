package io.circuitbreaker.llm.dialect;

/**
 * An event's data of which nothing but a piece of text counts. Two that are equal but for their texts say the same as one
 * with both texts, one after the other.
 *
 * @param text in the language's own escapes, none of which may be cut by joining: so it is never longer when it is read
 */
public record TextEvent(String before, String text, String after) {

    public boolean continues(TextEvent earlier) {
        return before.equals(earlier.before) && after.equals(earlier.after);
    }
}
