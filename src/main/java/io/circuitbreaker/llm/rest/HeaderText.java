package io.circuitbreaker.llm.rest;

/** Values that a client or a provider had a hand in, made fit for a header. */
final class HeaderText {

    private static final int LIMIT = 1024;

    private HeaderText() {
    }

    /** Visible ASCII only (RFC 9110 section 5.5), and no longer than any proxy takes. */
    static String clean(String value) {
        String visible = value.replaceAll("[^\\x20-\\x7E]", "?");
        return visible.length() <= LIMIT ? visible : visible.substring(0, LIMIT);
    }
}
