package io.circuitbreaker.llm.edge;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * From which pages browsers may call: those of this server, and those that are configured. What does not come from a
 * browser has no origin and is not asked.
 */
public final class Origins {

    static final String KEY = "llm.cors.allowed-origins";

    private final List<String> allowed;

    private Origins(List<String> allowed) {
        this.allowed = allowed;
    }

    /** @throws IllegalArgumentException naming the key, the value and the rule */
    static Origins parse(String value) {
        List<String> all = Arrays.stream(value.split(",")).map(String::strip).filter(origin -> !origin.isEmpty())
                .map(origin -> origin.toLowerCase(Locale.ROOT)).toList();
        for (String origin : all) {
            if (!origin.equals("*") && !isOrigin(origin)) {
                throw new IllegalArgumentException(KEY + " must be a comma-separated list of origins such as"
                        + " https://app.example.org, or *, was '" + value + "'");
            }
        }
        return new Origins(all);
    }

    private static boolean isOrigin(String origin) {
        try {
            URI uri = new URI(origin);
            return uri.getScheme() != null && uri.getHost() != null && uri.getRawPath().isEmpty()
                    && uri.getRawQuery() == null && uri.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Whether pages of other hosts may call at all. */
    public boolean areConfigured() {
        return !allowed.isEmpty();
    }

    public boolean isConfigured(String origin) {
        return allowed.contains("*") || allowed.contains(origin.toLowerCase(Locale.ROOT));
    }

    /**
     * @param origin the header {@code Origin}; null if it is absent
     * @param host   the header {@code Host}
     */
    public boolean mayConnect(String origin, String host) {
        return origin == null || isConfigured(origin) || isSame(origin, host);
    }

    private static boolean isSame(String origin, String host) {
        int scheme = origin.indexOf("://");
        return scheme > 0 && host != null && origin.substring(scheme + 3).equalsIgnoreCase(host);
    }
}
