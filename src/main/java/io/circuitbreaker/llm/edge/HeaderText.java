package io.circuitbreaker.llm.edge;

/** Values that a client or a provider had a hand in, made fit for a header. */
public final class HeaderText {

    private static final int LIMIT = 1024;

    private HeaderText() {
    }

    /** Visible ASCII only (RFC 9110 section 5.5), and no longer than any proxy takes. */
    public static String clean(String value) {
        String visible = value.replaceAll("[^\\x20-\\x7E]", "?");
        return visible.length() <= LIMIT ? visible : visible.substring(0, LIMIT);
    }
}
