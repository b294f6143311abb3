package io.circuitbreaker.llm.edge;

import static org.assertj.core.api.Assertions.assertThat;

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
                "X-Stream-Url", "X-Dropped-Params", "Retry-After", "X-LLM-Provider", "X-LLM-Model");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"https://evil.example.org", "null", "https://app.example.org.evil.example", "http://app.example.org"})
    void otherPagesMayNotAndCachesKnowIt(String origin) {
        assertThat(on.headers(origin)).hasSize(1).containsEntry("Vary", "Origin");
        assertThat(on.preflight(origin, "authorization")).isEmpty();
    }

    @Test
    void aPreflightIsToldWhatItMaySendOfWhatItAsks() {
        assertThat(on.preflight(APP, "Authorization, content-type,last-event-id, x-llm-resume-grace, x-session-id,"
                + " x-project-id, x-forwarded-for, cookie, x-llm-\r\nevil: 1")).hasValueSatisfying(headers ->
                assertThat(headers).containsEntry("Access-Control-Allow-Origin", APP)
                        .containsEntry("Access-Control-Allow-Methods", "GET, POST, DELETE")
                        .containsEntry("Access-Control-Allow-Headers",
                                "authorization, content-type, last-event-id, x-llm-resume-grace, x-session-id, x-project-id")
                        .containsEntry("Vary", "Origin, Access-Control-Request-Headers"));
        assertThat(on.preflight(APP, null)).hasValueSatisfying(
                headers -> assertThat(headers).doesNotContainKey("Access-Control-Allow-Headers"));
    }

    @Test
    void aStarIsEveryPage() {
        assertThat(new Cors(Origins.parse("*")).headers("https://any.example.org"))
                .containsEntry("Access-Control-Allow-Origin", "https://any.example.org");
    }
}
