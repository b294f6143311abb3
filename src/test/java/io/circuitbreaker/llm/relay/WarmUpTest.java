package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.anthropic.AnthropicDialect;
import io.circuitbreaker.llm.dialect.google.GoogleDialect;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import io.circuitbreaker.llm.provider.UpstreamClient;
import io.circuitbreaker.llm.provider.Watchdog;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WarmUpTest {

    private static final OpenAiDialect OPENAI = new OpenAiDialect();

    private static List<Dialect> all() {
        return List.of(OPENAI, new AnthropicDialect(), new GoogleDialect());
    }

    @ParameterizedTest
    @MethodSource("all")
    @Timeout(30)
    void everyLanguageIsPlayedToItsEnd(Dialect language) {
        Watchdog watchdog = new Watchdog();
        UpstreamClient client = new UpstreamClient();
        StreamWorkers workers = new StreamWorkers(watchdog);
        client.start();
        workers.start();
        try {
            WarmUp warmUp = new WarmUp(Duration.ofMillis(200), null, OPENAI, client, watchdog, workers);
            assertThat(warmUp.run(List.of(language))).isPositive();
        } finally {
            workers.stop();
            client.close();
        }
    }
}
