package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What closes an open breaker, and what does not. */
class BreakerIT extends PatientRouter {

    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    @DisplayName("The one attempt that an open breaker lets through does not close it when its client cancels it")
    void aCancelDecidesNothing() {
        String first = Fake.LIMPING.serving(Wire.OPENAI.refusal(500, "broken"));
        String next = Fake.SPARE_OPENAI.serving(Wire.OPENAI.answer("fine"));
        for (int i = 0; i < 20; i++) {
            awaitComplete(begin(first, next));
        }
        Fake.LIMPING.servingAs(first.substring(first.indexOf('/') + 1), FakeReply.sse().neverAnswer());
        String trial = untilItReaches(1, first, next);
        assertThat(Router.request("DELETE", trial).statusCode()).isEqualTo(204);
        Fake.LIMPING.awaitQuiet();

        untilItReaches(2, first, next);
        // While that is open no other is let through, unless the breaker is closed.
        awaitComplete(begin(first, next));
        assertThat(Fake.LIMPING.requests(first)).hasSize(2);
    }

    private static String begin(String first, String next) {
        return JsonText.parseObject(Router.exchange("POST", "/v1/streams",
                Router.chat(first, "Hi", ",\"models\":[\"" + next + "\"]"), Map.of()).body()).getString("url");
    }

    /** Begins streams until the provider sees one, which does not end by itself. */
    private static String untilItReaches(int requests, String first, String next) {
        while (true) {
            String url = begin(first, next);
            Await.until(() -> isComplete(url) || Fake.LIMPING.requests(first).size() == requests, over -> over, LONG);
            if (Fake.LIMPING.requests(first).size() == requests) {
                return url;
            }
        }
    }

    private static boolean isComplete(String url) {
        return JsonText.parseObject(Router.get(url).body()).getString("state").equals("complete");
    }

    private static void awaitComplete(String url) {
        Await.until(() -> isComplete(url), complete -> complete, LONG);
    }
}
