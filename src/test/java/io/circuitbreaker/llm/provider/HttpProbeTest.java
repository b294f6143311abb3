package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.StreamUsage;
import io.circuitbreaker.llm.testing.FakeProvider;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpProbeTest {

    private final FakeProvider fake = FakeProvider.start();
    private final UpstreamClient client = new UpstreamClient();
    private final Watchdog watchdog = new Watchdog();

    @BeforeEach
    void start() {
        client.start();
        watchdog.start();
    }

    @AfterEach
    void stop() {
        watchdog.stop();
        client.close();
        fake.close();
    }

    private Optional<String> probe(Language language, String baseUrl, Duration limit) {
        HttpProbe probe = new HttpProbe(new ProviderConfig("test", language.dialect.name(), Optional.of(baseUrl),
                new ApiKey(TestUpstream.KEY), "", StreamUsage.ALWAYS, List.of(), Deadlines.DEFAULTS, StreamLimits.DEFAULTS,
                Optional.empty(), Optional.empty()), language.dialect, client, watchdog, limit);
        return OnVirtualThread.call(probe::run);
    }

    private Optional<String> probe() {
        return probe(Language.OPENAI, fake.baseUrl(), TestUpstream.LONG);
    }

    @ParameterizedTest
    @CsvSource({"OPENAI, /models, authorization, 'Bearer '", "ANTHROPIC, /v1/models, x-api-key, ''",
        "GOOGLE, /v1beta/models, x-goog-api-key, ''"})
    void asksForTheModelsWithTheKey(Language language, String path, String header, String before) {
        fake.reply(FakeReply.status(200).body("application/json", "{}"));
        assertThat(probe(language, fake.baseUrl(), TestUpstream.LONG)).isEmpty();
        ReceivedRequest request = fake.requests().getFirst();
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.target()).isEqualTo(path);
        assertThat(request.body()).isEmpty();
        assertThat(request.header(header)).contains(before + TestUpstream.KEY);
        assertThat(request.header("anthropic-version").isPresent()).isEqualTo(language == Language.ANTHROPIC);
    }

    @Test
    void aQueryOfTheAddressIsKept() {
        fake.reply(FakeReply.status(204));
        assertThat(probe(Language.OPENAI, fake.baseUrl() + "?api-version=1", TestUpstream.LONG)).isEmpty();
        assertThat(fake.requests().getFirst().target()).isEqualTo("/models?api-version=1");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 404, 429, 500, 503})
    void anotherStatusIsTold(int status) {
        fake.reply(FakeReply.status(status).body("text/plain", "your key is " + TestUpstream.KEY));
        assertThat(probe()).contains("it answered with status " + status);
    }

    @Test
    void whoDoesNotListenIsTold() {
        fake.close();
        assertThat(probe().orElseThrow()).startsWith("provider 'test' at http://").endsWith("refused the connection");
    }

    @Test
    void whoBreaksOffIsTold() {
        fake.reply(FakeReply.sse().resetBeforeHead());
        assertThat(probe().orElseThrow()).contains("broke the connection before it answered");
    }

    @Test
    void silenceHasALimit() {
        fake.reply(FakeReply.sse().neverAnswer());
        assertThat(probe(Language.OPENAI, fake.baseUrl(), Duration.ofMillis(50)))
                .contains("it did not answer within 50 ms");
        fake.awaitActiveStreams(0, Duration.ofSeconds(5));
    }

    @Test
    void anEndlessListIsNotRead() {
        fake.reply(FakeReply.status(200).header("content-type", "application/json").send("{").stall());
        assertThat(probe()).isEmpty();
        fake.awaitActiveStreams(0, Duration.ofSeconds(5));
        fake.awaitOpenConnections(0, Duration.ofSeconds(5));
    }
}
