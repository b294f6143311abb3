package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.ProviderCall;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNamesTest {

    private record Known(String name, List<String> models) implements LlmProvider {

        static LlmProvider of(String name, String... models) {
            return new Known(name, List.of(models));
        }

        @Override
        public ChunkStream open(ProviderCall call) {
            throw new AssertionError("nobody is asked");
        }
    }

    private static Target resolve(String name, LlmProvider... providers) {
        return new ModelNames(List.of(providers)).resolve(name);
    }

    private static final LlmProvider OPENAI = Known.of("openai", "gpt-5", "both");
    private static final LlmProvider ANTHROPIC = Known.of("anthropic", "claude-sonnet-4-5", "both");
    private static final LlmProvider GOOGLE = Known.of("google", "gemini-2.5-pro");
    private static final LlmProvider LOCAL = Known.of("local");

    @ParameterizedTest
    @CsvSource({"openai/gpt-5, openai, gpt-5", "openai/never-heard-of, openai, never-heard-of",
        "anthropic/both, anthropic, both", "local/meta-llama/Llama-3, local, meta-llama/Llama-3",
        "gpt-5, openai, gpt-5", "both, openai, both", "gpt-9, openai, gpt-9", "o7-mini, openai, o7-mini",
        "chatgpt-4o-latest, openai, chatgpt-4o-latest", "claude-9, anthropic, claude-9", "gemini-9, google, gemini-9",
        "meta-llama/Llama-3, local, meta-llama/Llama-3", "o-mini, local, o-mini"})
    @DisplayName("provider/model, then a listed model, then a vendor's kind of name, then who takes any")
    void resolved(String name, String provider, String model) {
        Target target = resolve(name, OPENAI, ANTHROPIC, GOOGLE, LOCAL);
        assertThat(target.provider().name()).isEqualTo(provider);
        assertThat(target.model()).isEqualTo(model);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "claude-9", "other/gpt-5", "/gpt-5", "openai/", ""})
    void whatNobodyServesIsNotFound(String name) {
        Failure failure = catchThrowableOfType(LlmException.class, () -> resolve(name, OPENAI, GOOGLE)).failure();
        assertThat(failure).isEqualTo(new Failure.NotFound("the model '" + name
                + "' is not served here; GET /v1/models lists those that are", "model_not_found"));
    }

    @Test
    void twoThatTakeAnyModelLeaveItOpenWhoIsMeant() {
        assertThat(catchThrowableOfType(LlmException.class, () -> resolve("x", LOCAL, Known.of("other"))).failure())
                .isInstanceOf(Failure.NotFound.class);
    }

    @Test
    void longNamesAreCutInTheMessage() {
        assertThat(catchThrowableOfType(LlmException.class, () -> resolve("x".repeat(9000), OPENAI)).failure()
                .message())
                .hasSizeLessThan(250);
    }
}
