package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** What {@code GET /v1/providers} says. */
final class ProviderView {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private ProviderView() {
    }

    static List<JsonObject> all() {
        HttpResponse<String> response = Router.get("/v1/providers");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type").orElseThrow()).startsWith("application/json");
        return JsonText.parseObject(response.body()).getJsonArray("data").getValuesAs(JsonObject.class);
    }

    static JsonObject of(String provider) {
        return all().stream().filter(status -> status.getString("name").equals(provider)).findFirst().orElseThrow();
    }

    static String state(String provider) {
        return of(provider).getString("state");
    }

    /** Waits until the router has seen what a test has done. */
    static JsonObject await(String provider, Predicate<JsonObject> seen) {
        long limit = System.nanoTime() + LIMIT.toNanos();
        JsonObject status = of(provider);
        while (!seen.test(status) && System.nanoTime() < limit) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            status = of(provider);
        }
        assertThat(seen.test(status)).as("seen in " + status).isTrue();
        return status;
    }

    static void awaitQueued(String provider, int requests) {
        await(provider, status -> status.getInt("queued_requests") == requests);
    }
}
