package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The warm-up over the server's own port, where client keys are wanted of everybody else. */
@ExtendWith(ArquillianExtension.class)
class WarmUpIT {

    private static final Pattern PLAYED = Pattern.compile("warmed up with (\\d+) streams to itself");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Deployment(testable = false)
    static WebArchive router() throws Exception {
        return ConfiguredRouter.war("llm.warm-up=PT3S", "llm.client-keys=alice:" + ClientKeysIT.sha256("alices-key"));
    }

    @Test
    void streamsArePlayedAndNoneIsCounted() {
        String log = Await.until(WarmUpIT::log, text -> PLAYED.matcher(text).find(), LIMIT);
        Matcher played = PLAYED.matcher(log);
        assertThat(played.find()).isTrue();
        assertThat(Integer.parseInt(played.group(1))).isPositive();
        assertThat(Await.until(() -> Router.get("/metrics").body(), text -> !text.contains("llm_warm_up"), LIMIT))
                .doesNotContain("llm_streams_total", "llm_tokens_total");
        assertThat(Router.figure("llm_streams_active", "").orElseThrow()).isZero();
    }

    @Test
    void nobodyElseIsLetInByItsHeader() {
        HttpResponse<String> refused = Router.exchange("POST", "/v1/chat/completions", Router.streaming("openai/example"),
                Map.of("X-LLM-Warm-Up", "00".repeat(32)));
        assertThat(refused.statusCode()).isEqualTo(401);
    }

    private static String log() {
        try {
            return Files.readString(Path.of(System.getProperty("router.logs"), "messages.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
