package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.circuitbreaker.llm.chat.AnswerSoFar;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.testing.AnthropicEvents;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.GoogleEvents;
import io.circuitbreaker.llm.testing.OpenAiEvents;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RedactionTest {

    private static final String PROMPT = "My \"secret\" plan:\n\tcaf\u00e9 at 9 o'clock \\o/ with the blue umbrella";
    private static final ApiKey KEY = new ApiKey(TestUpstream.KEY);

    private static String scrubbed(String prompt, String message) {
        return new Redaction(KEY, Requests.saying(prompt)).scrub(Failure.ProviderFailed.of(message)).message();
    }

    @Test
    @DisplayName("An answer that is gone on with is as secret as the prompt")
    void theAnswerSoFarIsTakenOut() {
        Redaction redaction = new Redaction(KEY, Requests.saying("Hi").goingOn(
                new AnswerSoFar("so I would buy the blue umbrella", Optional.of("Go on."))));
        assertThat(redaction.scrub(Failure.ProviderFailed.of("cannot go on with 'so I would buy the blue umbrella'"))
                .message()).isEqualTo("cannot go on with '[content]'");
    }

    @Test
    void wholePromptIsTakenOut() {
        assertThat(scrubbed(PROMPT, "cannot read: " + PROMPT + " (sorry)"))
                .startsWith("cannot read: ").endsWith("[content] (sorry)").doesNotContain("plan", "umbrella");
    }

    @Test
    void escapedPromptIsTakenOut() {
        String once = JsonText.quote(PROMPT);
        String twice = JsonText.quote(once);
        String ascii = once.replace("\u00e9", "\\u00e9");
        for (String quoted : new String[] {once, twice, JsonText.quote(twice), ascii, JsonText.quote(ascii)}) {
            assertThat(scrubbed(PROMPT, "cannot read: " + quoted + " (sorry)"))
                    .startsWith("cannot read: ").endsWith(" (sorry)")
                    .doesNotContain("secret", "plan", "caf", "umbrella");
        }
    }

    @Test
    @DisplayName("Providers cut what they quote, and so do we: a piece is as secret as the whole")
    void piecesAreTakenOut() {
        String prompt = "the quick brown fox jumps over the lazy dog ".repeat(100);
        assertThat(scrubbed(prompt, "input was '" + prompt.substring(10, 90) + "…'"))
                .isEqualTo("input was '[content]…'");
    }

    @Test
    void shortPromptsAreWordsThatAnyMessageMayHave() {
        assertThat(scrubbed("failed", "it failed")).isEqualTo("it failed");
        assertThat(scrubbed("12345678", "it is 12345678")).isEqualTo("it is [content]");
    }

    @Test
    void otherFailuresStayTheSameObject() {
        Failure failure = Failure.ProviderFailed.of("the model is overloaded");
        assertThat(new Redaction(KEY, Requests.saying(PROMPT)).scrub(failure)).isSameAs(failure);
    }

    @Test
    void keyIsMasked() {
        assertThat(scrubbed("Hello", "bad key " + TestUpstream.KEY + "!")).isEqualTo("bad key sk-t***!");
    }

    @Test
    void hugePromptsCostNoSquare() {
        String prompt = "abcdefghijklmnopqrstuvwxyz".repeat(200_000);
        assertThatNoException().isThrownBy(() -> scrubbed(prompt, prompt.substring(0, 2000)));
        String same = "a".repeat(5_000_000);
        assertThat(scrubbed(same, "a".repeat(2000))).isEqualTo("[content]");
    }

    /** What each language says for an error that quotes something. */
    private static FakeReply quoting(Language language, String message, boolean inStream) {
        String event = switch (language) {
            case OPENAI -> OpenAiEvents.error(message, "server_error", "");
            case ANTHROPIC -> AnthropicEvents.error(message, "api_error");
            case GOOGLE -> GoogleEvents.error(500, message, "INTERNAL");
        };
        return inStream ? language.begun("Hel").send(event)
                : FakeReply.status(400).body("application/json", language.errorBody(message));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("A provider that quotes key and prompt, with its status or inside its stream, is not repeated")
    void provider(Language language) {
        String message = "Key " + TestUpstream.KEY + " sent {\"content\":" + JsonText.quote(PROMPT) + "} and " + PROMPT;
        for (boolean inStream : new boolean[] {false, true}) {
            try (TestUpstream test = TestUpstream.speaking(language).reply(quoting(language, message, inStream))) {
                Answer answer = test.ask(Requests.saying(PROMPT));
                assertThat(answer.failure().message()).contains("[content]", "sk-t***")
                        .doesNotContain(TestUpstream.KEY, "secret", "plan", "umbrella");
                assertThat(answer.thrown().orElseThrow()).hasMessage(answer.failure().message());
            }
        }
    }

    @Test
    @DisplayName("A quotation that our own limit on messages cuts off is found, too")
    void longQuotation() {
        String prompt = "the quick brown fox jumps over the lazy dog ".repeat(200);
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI)
                .reply(quoting(Language.OPENAI, "too long: " + prompt, false))) {
            assertThat(test.ask(Requests.saying(prompt)).failure().message()).doesNotContain("brown");
        }
    }
}
