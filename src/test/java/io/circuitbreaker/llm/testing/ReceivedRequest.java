package io.circuitbreaker.llm.testing;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A whole request as the {@link FakeProvider} read it.
 *
 * @param target       path and query as they were on the wire
 * @param headers      in any case: {@code get("Authorization")} and {@code get("authorization")} are the same
 * @param body         the decoded text, empty if there was none
 * @param connection   1 for the first connection that the provider accepted; equal for two requests on one connection
 * @param receivedNanos {@link System#nanoTime()} after the last byte of the request
 */
public record ReceivedRequest(String method, String target, Map<String, List<String>> headers, String body,
        int connection, long receivedNanos) {

    public ReceivedRequest {
        Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> copy.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(values));
        headers = Collections.unmodifiableMap(copy);
    }

    /** The target without its query. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** What follows the question mark, undecoded; empty if there is none. */
    public String query() {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    /** The first field of this name. */
    public Optional<String> header(String name) {
        return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /** @throws jakarta.json.JsonException if the body is not one JSON object */
    public JsonObject json() {
        return JsonText.parseObject(body);
    }

    boolean asksToClose() {
        return header("connection").orElse("").toLowerCase(Locale.ROOT).contains("close");
    }
}
