package io.circuitbreaker.llm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.provider.ProviderCall;
import io.circuitbreaker.llm.provider.RemoteProvider;
import io.circuitbreaker.llm.provider.StubProvider;
import io.circuitbreaker.llm.routing.ModelStatus;
import io.circuitbreaker.llm.routing.ProviderState;
import io.circuitbreaker.llm.routing.ProviderStatus;
import io.circuitbreaker.llm.routing.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class StatusJsonTest {

    private static final StatusJson JSON = new StatusJson(Instant.parse("2026-01-01T00:01:00.123456Z"));
    private static final Standing NOTHING_KNOWN =
            new Standing(0, OptionalDouble.empty(), Optional.empty(), Optional.empty());

    private record Remote(String name) implements RemoteProvider {

        @Override
        public List<String> models() {
            return List.of("m", "n");
        }

        @Override
        public ChunkStream open(ProviderCall call) {
            throw new AssertionError("nobody is asked");
        }

        @Override
        public int activeStreams() {
            return 7;
        }

        @Override
        public String dialect() {
            return "anthropic";
        }

        @Override
        public Optional<String> untold(ContentPart part) {
            throw new AssertionError("nobody tells it anything");
        }

        @Override
        public int maxConcurrentStreams() {
            return 9;
        }

        @Override
        public int queuedRequests() {
            return 2;
        }

        @Override
        public Optional<Duration> probeInterval() {
            return Optional.empty();
        }

        @Override
        public Optional<String> probe() {
            throw new AssertionError("nobody probes");
        }
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        ProviderStatus status = new ProviderStatus(StubProvider.answers("demo").lists("demo"), ProviderState.UP, "",
                Optional.empty(), NOTHING_KNOWN, List.of(), Optional.empty());
        assertThat(JSON.of(status)).isEqualTo(JsonText.parseObject("""
                {"name":"demo","state":"up","recent_requests":0.0,"models":["demo"],"recent_models":[]}"""));
    }

    @Test
    void allThatIsKnownIsShown() {
        Standing standing = new Standing(12.34, OptionalDouble.of(1.0 / 3), Optional.of(Duration.ofMillis(412)),
                Optional.of(new Standing.LastFailure("rate_limited", Duration.ofSeconds(30))));
        ModelStatus model = new ModelStatus("m", standing,
                Optional.of(new ModelStatus.Pause(Duration.ofSeconds(20), "rate limited")));
        ProviderStatus status = new ProviderStatus(new Remote("mine"), ProviderState.BREAKER_OPEN, "seen open",
                Optional.of(Duration.ofSeconds(4)), NOTHING_KNOWN, List.of(model),
                Optional.of(new ProviderStatus.Probe(Optional.of("no"), Duration.ofSeconds(60))));
        assertThat(JSON.of(status)).isEqualTo(JsonText.parseObject("""
                {"name":"mine","dialect":"anthropic","state":"breaker_open","reason":"seen open",
                 "until":"2026-01-01T00:01:04.123Z","active_streams":7,"max_concurrent_streams":9,"queued_requests":2,
                 "recent_requests":0.0,
                 "last_probe":{"succeeded":false,"at":"2026-01-01T00:00:00.123Z","reason":"no"},"models":["m","n"],
                 "recent_models":[{"model":"m","paused_until":"2026-01-01T00:01:20.123Z",
                  "paused_because":"rate limited","recent_requests":12.3,"error_rate":0.333,"first_token_ms":412,
                  "last_failure":{"kind":"rate_limited","at":"2026-01-01T00:00:30.123Z"}}]}"""));
    }
}
