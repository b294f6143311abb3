package io.circuitbreaker.llm.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorsTest {

    private static final String APP = "https://app.example.org";

    private final Cors on = new Cors(Origins.parse(APP));
    private final Cors off = new Cors(Origins.parse(""));

    @Test
    void isOffUnlessOriginsAreConfigured() {
        assertThat(off.isOn()).isFalse();
        assertThat(off.headers(APP)).isEmpty();
        assertThat(off.preflight(APP, "authorization")).isEmpty();
    }

    @Test
    void aConfiguredPageMayReadOurHeaders() {
        assertThat(on.headers(APP)).containsEntry("Access-Control-Allow-Origin", APP).containsEntry("Vary", "Origin")
                .doesNotContainKey("Access-Control-Allow-Credentials");
        assertThat(on.headers(APP).get("Access-Control-Expose-Headers").split(", ")).contains("X-Request-Id",
                "X-Stream-Url", "X-Dropped-Params", "Retry-After", "X-Should-Retry", "Location", "X-LLM-Provider", "X-LLM-Model");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"https://evil.example.org", "null", "https://app.example.org.evil.example", "http://app.example.org"})
    void otherPagesMayNotAndCachesKnowIt(String origin) {
        assertThat(on.headers(origin)).hasSize(1).containsEntry("Vary", "Origin");
        assertThat(on.preflight(origin, "authorization")).isEmpty();
    }

    private String allowedOf(String requested) {
        return on.preflight(APP, requested).orElseThrow().get("Access-Control-Allow-Headers");
    }

    @Test
    void aPreflightIsToldWhoMayCallAndHow() {
        assertThat(on.preflight(APP, "authorization")).hasValueSatisfying(headers ->
                assertThat(headers).containsEntry("Access-Control-Allow-Origin", APP)
                        .containsEntry("Access-Control-Allow-Methods", "GET, POST, DELETE")
                        .containsEntry("Access-Control-Allow-Headers", "authorization")
                        .containsEntry("Vary", "Origin, Access-Control-Request-Headers")
                        .doesNotContainKey("Access-Control-Allow-Credentials"));
        assertThat(on.preflight(APP, null)).hasValueSatisfying(
                headers -> assertThat(headers).doesNotContainKey("Access-Control-Allow-Headers"));
    }

    /** As they stand in requests of these SDKs from a browser, besides what fetch adds. */
    @ParameterizedTest
    @ValueSource(strings = {
        "authorization,content-type,openai-organization,openai-project,x-stainless-arch,x-stainless-lang,x-stainless-os,"
                + "x-stainless-package-version,x-stainless-retry-count,x-stainless-runtime,x-stainless-runtime-version,"
                + "x-stainless-timeout,x-stainless-helper-method,x-stainless-poll-helper,idempotency-key",
        "anthropic-beta,anthropic-dangerous-direct-browser-access,anthropic-version,content-type,x-api-key",
        "content-type,x-goog-api-client,x-goog-api-key",
        "authorization,last-event-id,x-llm-resume-grace,x-llm-race,x-project-id,x-session-id"})
    void theHeadersOfTheSdksMayBeSent(String requested) {
        assertThat(allowedOf(requested)).isEqualTo(requested.replace(",", ", "));
    }

    @Test
    void whatIsNoNameOfAHeaderIsNotSaidBack() {
        assertThat(allowedOf("Authorization,  X-A , x-a, ,*, x-llm-\r\nevil: 1, \u00e4, x(y), " + "a".repeat(65)))
                .isEqualTo("authorization, x-a");
        assertThat(on.preflight(APP, "*, \r\n")).hasValueSatisfying(
                headers -> assertThat(headers).doesNotContainKey("Access-Control-Allow-Headers"));
    }

    @Test
    void thereIsAnEndToWhatIsSaidBack() {
        String requested = IntStream.range(0, 100_000).mapToObj(i -> "x-" + i).collect(Collectors.joining(","));
        assertThat(allowedOf(requested).split(", ")).hasSize(64).contains("x-0", "x-63");
    }

    @Test
    void aStarIsEveryPage() {
        assertThat(new Cors(Origins.parse("*")).headers("https://any.example.org"))
                .containsEntry("Access-Control-Allow-Origin", "https://any.example.org");
    }
}
