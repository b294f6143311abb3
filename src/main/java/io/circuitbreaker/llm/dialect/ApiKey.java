package io.circuitbreaker.llm.dialect;

/** A provider's key. Its text leaves only by {@link #reveal()}, to become a request header. */
public final class ApiKey {

    public static final ApiKey NONE = new ApiKey("");

    private static final int SHOWN = 4;

    private final String secret;

    public ApiKey(String secret) {
        this.secret = secret;
    }

    public String reveal() {
        return secret;
    }

    public boolean isPresent() {
        return !secret.isEmpty();
    }

    /** The first characters and {@code ***}: enough to tell two keys apart. A short key shows nothing. */
    @Override
    public String toString() {
        return secret.length() < 3 * SHOWN ? "***" : secret.substring(0, SHOWN) + "***";
    }
}
