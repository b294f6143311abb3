package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatCompletionsIT extends DeployedRouter {

    @Test
    void demoStreamsToOpenAisClient() {
        ChatCompletionCreateParams params =
                ChatCompletionCreateParams.builder().model("demo").addUserMessage("Hi").build();
        try (StreamResponse<ChatCompletionChunk> stream =
                Router.openAi().chat().completions().createStreaming(params)) {
            ClientAnswer answer = ClientAnswer.of(stream.stream());
            assertThat(answer.choices().get(0L).text()).startsWith("This is the demo provider");
            assertThat(answer.choices().get(0L).finish()).isEqualTo("stop");
            assertThat(answer.usage()).as("usage nobody asked for").isEmpty();
        }
    }

    @Test
    @DisplayName("T18: unary is the same answer, whole")
    void demoAnswersWhole() {
        ClientAnswer whole = ClientAnswer.of(Router.openAi().chat().completions()
                .create(ChatCompletionCreateParams.builder().model("demo/demo").addUserMessage("Hi").build()));
        String streamed = Events.of(Router.post(Router.streaming("demo/demo")).body()).text();
        assertThat(whole.choices().get(0L).text()).isEqualTo(streamed);
        assertThat(whole.usage()).isPresent();
    }

    @Test
    @DisplayName("T42: a stream's headers keep proxies from holding it back, and say who answers")
    void streamsSayWhoAnswersAndAreNotHeldBack() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.answer("Hel", "lo"));
        HttpResponse<String> response = Router.post(Router.streaming(model));
        HttpHeaders headers = response.headers();

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(headers.firstValue("content-type").orElseThrow().toLowerCase(java.util.Locale.ROOT))
                .startsWith("text/event-stream").endsWith("utf-8");
        assertThat(headers.allValues("cache-control")).containsExactly("no-cache, no-transform");
        assertThat(headers.allValues("x-accel-buffering")).containsExactly("no");
        assertThat(headers.firstValue("content-encoding")).isEmpty();
        assertWhoAnswers(headers, model);
        assertThat(Events.of(response.body()).text()).isEqualTo("Hello");
        assertThat(Events.of(response.body()).data()).endsWith(Events.DONE);
    }

    @Test
    void wholeAnswersSayWhoAnswers() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.answer("Hel", "lo"));
        HttpResponse<String> response = Router.post(Router.unary(model));
        assertThat(response.headers().firstValue("content-type").orElseThrow()).startsWith("application/json");
        assertWhoAnswers(response.headers(), model);
    }

    private static void assertWhoAnswers(HttpHeaders headers, String model) {
        assertThat(headers.firstValue("x-llm-provider")).contains("openai");
        assertThat(headers.firstValue("x-llm-model")).contains(model.substring("openai/".length()));
        assertThat(headers.firstValue("x-llm-attempts")).contains("1");
        assertThat(headers.firstValue("x-request-id").orElseThrow()).startsWith("req_");
    }

    @ParameterizedTest
    @CsvSource({"ANTHROPIC, seed", "GOOGLE, user"})
    void parametersThatTheProviderDoesNotKnowAreNamed(Fake fake, String parameter) {
        String model = fake.serving(fake.wire().answer("Hi"));
        String json = Router.chat(model, "Hi", ",\"stream\":true,\"" + parameter + "\":"
                + (parameter.equals("seed") ? "7" : "\"someone\""));
        HttpResponse<String> response = Router.post(json);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-dropped-params").orElseThrow()).contains(parameter);
        assertThat(fake.requests(model).getFirst().body()).doesNotContain(parameter + "\":");
    }

    @Test
    void aProviderOfTheSameLanguageIsSentWhatItsApiWillHaveTomorrow() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.answer("Hi"));
        HttpResponse<String> response = Router.post(Router.chat(model, "Hi", ",\"stream\":true,\"of_tomorrow\":[1]"));
        assertThat(response.headers().firstValue("x-dropped-params")).isEmpty();
        assertThat(Fake.OPENAI.requests(model).getFirst().json().get("of_tomorrow")).hasToString("[1]");
    }

    @Test
    void listsModels() {
        JsonObject list = JsonText.parseObject(Router.get("/v1/models").body());
        assertThat(list.getString("object")).isEqualTo("list");
        assertThat(list.getJsonArray("data").stream().map(JsonValue::asJsonObject)
                .map(model -> model.getString("id") + " of " + model.getString("owned_by")))
                .contains("demo of demo", "some-lab/slow-model of impatient").doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"demo, demo", "demo/demo-tool, demo", "some-lab/slow-model, impatient",
        "impatient/some-lab/slow-model, impatient", "openai/any-model-at-all, openai"})
    void tellsOfOneModel(String id, String owner) {
        HttpResponse<String> response = Router.get("/v1/models/" + id);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(JsonText.parseObject(response.body()).getString("id")).isEqualTo(id);
        assertThat(JsonText.parseObject(response.body()).getString("owned_by")).isEqualTo(owner);
        // As most SDKs send it.
        HttpResponse<String> encoded = Router.get("/v1/models/" + id.replace("/", "%2F"));
        assertThat(encoded.statusCode()).isEqualTo(200);
        assertThat(encoded.body()).isEqualTo(response.body());
    }

    @Test
    void aModelThatNobodyServesIsNotFound() {
        assertError(Router.get("/v1/models/nobody/knows"), 404, "not_found_error", "model_not_found");
        assertError(Router.post(Router.streaming("nobody-knows")), 404, "not_found_error", "model_not_found");
        assertError(Router.post(Router.unary("nobody-knows")), 404, "not_found_error", "model_not_found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not JSON", "[]", "null", "{\"model\":\"demo\"", "{}", "{\"model\":\"demo\"}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", "{\"model\":\"demo\",\"messages\":[]}",
        "{\"model\":7,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}",
        "{\"model\":\"demo\",\"messages\":\"Hi\"}",
        "{\"model\":\"demo\",\"messages\":[\"Hi\"]}", "{\"model\":\"demo\",\"messages\":[{\"role\":\"ghost\"}]}",
        "{\"model\":\"demo\",\"stream\":\"yes\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}",
        "{\"model\":\"demo\",\"temperature\":\"hot\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"})
    void badRequestsAreRefusedInOpenAisWords(String body) {
        HttpResponse<String> response = Router.post(body);
        assertError(response, 400, "invalid_request_error", null);
        assertThat(response.headers().firstValue("x-should-retry")).contains("false");
    }

    @Test
    void aBodyThatIsNotUtf8IsRefused() {
        assertError(Router.post("\uD800", "application/json;charset=utf-8"), 400, "invalid_request_error", null);
    }

    @Test
    void theContainersRefusalsAreInOpenAisWordsToo() {
        assertError(Router.post(Router.unary("demo"), "text/plain"), 415, "invalid_request_error", null);
        HttpResponse<String> wrongMethod = Router.get("/v1/chat/completions");
        assertError(wrongMethod, 405, "invalid_request_error", null);
        assertThat(wrongMethod.headers().firstValue("allow").orElseThrow()).contains("POST");
        assertError(Router.get("/v1/nothing/here"), 404, "not_found_error", "not_found");
    }

    @Test
    void aBodyBeyondTheLimitIsRefused() {
        String tooLarge = Router.chat("demo", "x".repeat(1024 * 1024), "");
        HttpResponse<String> response = Router.post(tooLarge);
        assertError(response, 413, "invalid_request_error", "request_too_large");
        assertThat(Router.error(response).getString("message"))
                .contains("1048576", "llm.request.max-body-size", Integer.toString(tooLarge.length()));
    }

    private static void assertError(HttpResponse<String> response, int status, String type, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("application/json");
        JsonObject error = Router.error(response);
        assertThat(error.getString("type")).isEqualTo(type);
        assertThat(error.getString("message")).isNotBlank();
        if (code != null) {
            assertThat(error.getString("code")).isEqualTo(code);
        }
    }
}
