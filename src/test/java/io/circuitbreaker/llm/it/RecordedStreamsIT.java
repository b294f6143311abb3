package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.RecordedStream;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What real providers sent, through the server, in the hands of OpenAI's own client. */
class RecordedStreamsIT extends DeployedRouter {

    private static final OpenAIClient CLIENT = Router.openAi();
    private static final long SEED = 20261123;

    static Stream<RecordedStream> recordings() {
        return RecordedStream.in("openai-chat", "azure", "groq", "mistral", "openrouter", "deepseek", "ollama",
                "perplexity", "snowflake", "together", "vllm", "zai", "crusoe", "huggingface",
                "anthropic-openai-compat", "anthropic", "gemini");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    @DisplayName("T30 T36 T40: a client that streams has what an independent parser found in the recording")
    void streams(RecordedStream recorded) {
        assertStream(recorded, FakeReply.replay(recorded.bytes()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    @DisplayName("T33 T34: and so it has if the network cuts the recording anywhere")
    void streamsInPieces(RecordedStream recorded) {
        assertStream(recorded, FakeReply.replayInPieces(recorded.bytes(), SEED + recorded.name().hashCode()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    @DisplayName("T18: a client that does not stream has the same")
    void unary(RecordedStream recorded) {
        ChatCompletionCreateParams params = request(recorded, FakeReply.replay(recorded.bytes())).build();
        if (endsInError(recorded)) {
            assertThatThrownBy(() -> CLIENT.chat().completions().create(params))
                    .isInstanceOf(OpenAIServiceException.class);
        } else {
            assertAnswer(ClientAnswer.of(CLIENT.chat().completions().create(params)), recorded.expect());
        }
    }

    private static void assertStream(RecordedStream recorded, FakeReply reply) {
        ChatCompletionCreateParams params = request(recorded, reply)
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build();
        if (endsInError(recorded)) {
            assertBroken(params);
            return;
        }
        try (StreamResponse<ChatCompletionChunk> stream = CLIENT.chat().completions().createStreaming(params)) {
            assertAnswer(ClientAnswer.of(stream.stream()), recorded.expect());
        }
    }

    /** T25 T26: the client is told, and until then it has seen no finish. */
    private static void assertBroken(ChatCompletionCreateParams params) {
        List<ChatCompletionChunk> seen = new ArrayList<>();
        assertThatThrownBy(() -> {
            try (StreamResponse<ChatCompletionChunk> stream = CLIENT.chat().completions().createStreaming(params)) {
                stream.stream().forEach(seen::add);
            }
        }).isInstanceOf(OpenAIServiceException.class);
        assertThat(ClientAnswer.of(seen.stream()).choices().values())
                .allSatisfy(choice -> assertThat(choice.finish()).isIn("", "length"));
    }

    private static ChatCompletionCreateParams.Builder request(RecordedStream recorded, FakeReply reply) {
        Fake fake = switch (recorded.name().substring(0, recorded.name().indexOf('/'))) {
            case "anthropic" -> Fake.ANTHROPIC;
            case "gemini" -> Fake.GOOGLE;
            default -> Fake.OPENAI;
        };
        return ChatCompletionCreateParams.builder().model(fake.serving(reply)).addUserMessage("Hi");
    }

    private static boolean endsInError(RecordedStream recorded) {
        return recorded.expect().get("error") instanceof JsonObject;
    }

    private static void assertAnswer(ClientAnswer answer, JsonObject expect) {
        if (expect.get("choices") instanceof JsonArray choices) {
            assertThat(answer.choices()).hasSameSizeAs(choices);
            choices.forEach(choice -> assertChoice(answer, choice.asJsonObject()));
        } else {
            assertChoice(answer, expect);
        }
        if (expect.get("usage") instanceof JsonObject usage && usage.get("prompt_tokens") instanceof JsonNumber prompt) {
            assertThat(answer.usage().orElseThrow().promptTokens()).isEqualTo(prompt.longValue());
            assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(usage.getInt("completion_tokens"));
        } else {
            assertThat(answer.usage()).isEmpty();
        }
    }

    private static void assertChoice(ClientAnswer answer, JsonObject expect) {
        ClientAnswer.Choice choice = answer.choices().get((long) expect.getInt("index", 0));
        assertThat(choice.text()).isEqualTo(expect.getString("text", ""));
        assertThat(choice.reasoning()).isEqualTo(expect.getString("reasoning", ""));
        assertThat(choice.refusal()).isEqualTo(expect.getString("refusal", ""));
        assertThat(choice.finish()).isEqualTo(expect.getString("finish_reason", ""));
        List<JsonObject> calls = expect.getOrDefault("tool_calls", JsonValue.EMPTY_JSON_ARRAY).asJsonArray().stream()
                .map(JsonValue::asJsonObject).toList();
        assertThat(choice.calls()).hasSameSizeAs(calls);
        for (int i = 0; i < calls.size(); i++) {
            assertCall(choice.calls().get(i), calls.get(i));
        }
        assertThat(choice.calls().stream().map(ClientAnswer.Call::id)).doesNotHaveDuplicates();
    }

    private static void assertCall(ClientAnswer.Call call, JsonObject expect) {
        JsonObject function = expect.get("function") instanceof JsonObject nested ? nested : expect;
        assertThat(call.name()).isEqualTo(function.getString("name"));
        assertThat(parsed(call.arguments())).isEqualTo(parsed(function.getString("arguments")));
        // Gemini gives its calls no id, and clients cannot do without.
        assertThat(call.id()).isEqualTo(expect.getString("id", call.id())).isNotEmpty();
    }

    /** Or as they are where the answer's limit has cut them. */
    private static Object parsed(String arguments) {
        try {
            return JsonText.parse(arguments);
        } catch (JsonException cut) {
            return arguments;
        }
    }
}
