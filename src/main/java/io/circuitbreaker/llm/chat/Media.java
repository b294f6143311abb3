package io.circuitbreaker.llm.chat;

import java.util.Locale;

/** Bytes that a message refers to: by address, or inline as base64. */
public sealed interface Media {

    record Link(String url) implements Media {
    }

    record Inline(String mimeType, String base64) implements Media {

        /** As a data URI (RFC 2397). */
        public String url() {
            return "data:" + mimeType + ";base64," + base64;
        }
    }

    /**
     * Reads what OpenAI calls a URL: {@code data:image/png;base64,…} becomes {@link Inline}, anything else {@link Link}.
     *
     * @throws IllegalArgumentException if it is a data URI that is not base64 or names no media type (RFC 2397)
     */
    static Media ofUrl(String url) {
        if (!url.regionMatches(true, 0, "data:", 0, 5)) {
            return new Link(url);
        }
        int comma = url.indexOf(',');
        String header = comma < 0 ? "" : url.substring(5, comma);
        if (!header.toLowerCase(Locale.ROOT).endsWith(";base64")) {
            throw new IllegalArgumentException("a data URI must have the form data:<media type>;base64,<data>");
        }
        int parameters = header.indexOf(';');
        String mimeType = header.substring(0, parameters);
        if (mimeType.isEmpty()) {
            throw new IllegalArgumentException("a data URI must name its media type: data:<media type>;base64,<data>");
        }
        return new Inline(registered(mimeType), url.substring(comma + 1));
    }

    /** Case says nothing (RFC 2045, 5.1), and of the two names of a JPEG providers know the one that is registered. */
    private static String registered(String mimeType) {
        String lower = mimeType.toLowerCase(Locale.ROOT);
        return lower.equals("image/jpg") ? "image/jpeg" : lower;
    }
}
