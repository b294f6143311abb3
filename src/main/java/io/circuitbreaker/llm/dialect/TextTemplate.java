package io.circuitbreaker.llm.dialect;

/**
 * What all chunks of a stream have in common that say a piece of text and nothing else: most servers change only the text.
 * Such a chunk need not be walked again, which is the larger part of what it costs to look at one. Belongs to one stream.
 */
public class TextTemplate {

    /** Some servers change another member with each chunk: with them it is not tried for ever. */
    private static final int FRUITLESS_LESSONS = 8;

    private String head = "";
    private String tail = "";
    private int lessons;

    /** Whether the chunk differs from the one that was learned only in its text, which is not empty. */
    public boolean fits(String json) {
        int end = json.length() - tail.length();
        if (tail.isEmpty() || end <= head.length() || !json.startsWith(head) || !json.endsWith(tail)) {
            return false;
        }
        // The tail begins with the quote that ends the text: what ends it earlier, or could escape it, is for the walk.
        boolean plain = json.indexOf('"', head.length()) == end && json.indexOf('\\', head.length(), end) < 0;
        if (plain) {
            lessons = 0;
        }
        return plain;
    }

    /** The text of a chunk that {@link #fits}. */
    public String text(String json) {
        return json.substring(head.length(), json.length() - tail.length());
    }

    /**
     * Learns from a chunk that says text and nothing else.
     *
     * @param from of the text, after its quote
     * @param to   of the quote that ends it
     */
    public void learn(String json, int from, int to) {
        if (lessons < FRUITLESS_LESSONS) {
            lessons++;
            head = json.substring(0, from);
            tail = json.substring(to);
        } else {
            head = "";
            tail = "";
        }
    }
}
