package io.circuitbreaker.llm.edge;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is said to browsers whose page is of another host (Fetch standard, "CORS protocol"). Immutable. */
public final class Cors {

    /** What a page may read of a response besides what every page may. */
    private static final String EXPOSED = String.join(", ", List.of("Retry-After", "X-Should-Retry", "X-Request-Id",
            "Location", "X-Stream-Url", "X-Dropped-Params", "X-LLM-Provider", "X-LLM-Model", "X-LLM-Attempts",
            "X-LLM-Fallback-Reason"));
    private static final String METHODS = "GET, POST, DELETE";
    private static final String SECONDS_TO_REMEMBER = "600";

    private static final Pattern HEADER_NAME = Pattern.compile("[a-z0-9._-]{1,64}");
    /** The SDKs send about twenty. */
    private static final int MOST_HEADERS = 64;

    private final Origins origins;

    public Cors(Origins origins) {
        this.origins = origins;
    }

    /** Whether pages of other hosts may call at all. */
    public boolean isOn() {
        return origins.areConfigured();
    }

    /**
     * Of a response to a page.
     *
     * @param origin the header {@code Origin}; null if it is absent
     */
    public Map<String, String> headers(String origin) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (isOn()) {
            // Also where there is no origin: a cache must not give that response to a page.
            headers.put("Vary", "Origin");
        }
        if (allows(origin)) {
            headers.put("Access-Control-Allow-Origin", origin);
            headers.put("Access-Control-Expose-Headers", EXPOSED);
        }
        return headers;
    }

    /**
     * Of the answer to a preflight; empty if its page may not call.
     *
     * @param requested the header {@code Access-Control-Request-Headers}; null if it is absent
     */
    public Optional<Map<String, String>> preflight(String origin, String requested) {
        if (!allows(origin)) {
            return Optional.empty();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Vary", "Origin, Access-Control-Request-Headers");
        headers.put("Access-Control-Allow-Origin", origin);
        headers.put("Access-Control-Allow-Methods", METHODS);
        headers.put("Access-Control-Max-Age", SECONDS_TO_REMEMBER);
        String allowed = allowed(requested == null ? "" : requested);
        if (!allowed.isEmpty()) {
            headers.put("Access-Control-Allow-Headers", allowed);
        }
        return Optional.of(headers);
    }

    private boolean allows(String origin) {
        return origin != null && origins.isConfigured(origin);
    }

    /**
     * All that are asked for. Each SDK adds headers of its own, and none can do harm: a browser lets no page set those that
     * it speaks for itself with, and a page that may call at all may say what any other client may.
     */
    private static String allowed(String requested) {
        return Arrays.stream(requested.split(",")).map(name -> name.strip().toLowerCase(Locale.ROOT))
                .filter(HEADER_NAME.asMatchPredicate()).distinct().limit(MOST_HEADERS).collect(Collectors.joining(", "));
    }
}
