package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.Concession;
import io.circuitbreaker.llm.dialect.StreamUsage;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiRequestWriterTest {

    private static final Upstream KEYLESS = new Upstream("p1", "gpt-real", ApiKey.NONE, "");

    @Test
    @DisplayName("everything but model, stream and include_usage is the client's own, unknown members included")
    void allElseIsTheClientsOwn() {
        String request = """
                {"model":"p1/gpt","messages":[{"role":"user","content":"Hi","unknown":[1,2.50,null]}],"stream":false,
                 "stream_options":{"include_usage":false,"include_obfuscation":false},"temperature":0.70,
                 "seed":12345678901,
                 "brand_new":{"a":[true,"\\u00e9 😀"]},"max_completion_tokens":5,"logit_bias":{"50256":-100},
                 "user":null}""";
        JsonObject body = JsonText.parseObject(write(request, KEYLESS).body());

        JsonObject expected = JsonText.parseObject(request
                .replace("p1/gpt", "gpt-real")
                .replace("\"stream\":false", "\"stream\":true")
                .replace("\"include_usage\":false", "\"include_usage\":true"));
        assertThat(body).isEqualTo(expected);
        assertThat(body.toString()).contains("2.50", "0.70");
    }

    @ParameterizedTest
    @DisplayName("T40: usage is asked for whatever the client said, unless the provider is configured otherwise")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                                        | {"include_usage":true}
            ,"stream_options":null                   | {"include_usage":true}
            ,"stream_options":{}                     | {"include_usage":true}
            ,"stream_options":{"include_usage":null} | {"include_usage":true}
            ,"stream_options":{"x":1}                | {"x":1,"include_usage":true}
            """)
    void usageIsAlwaysAskedFor(String given, String expected) {
        JsonObject body = JsonText.parseObject(write("{\"model\":\"m\",\"messages\":[{\"role\":\"user\","
                + "\"content\":\"Hi\"}]"
                + (given == null ? "" : given) + "}", KEYLESS).body());

        assertThat(body.getJsonObject("stream_options")).isEqualTo(JsonText.parseObject(expected));
        assertThat(body.getBoolean("stream")).isTrue();
        assertThat(body.getString("model")).isEqualTo("gpt-real");
    }

    @ParameterizedTest
    @DisplayName("speech that is not streamed is not asked for as a stream, which has none of its formats but one")
    @CsvSource({"false, false, application/json", "true, true, text/event-stream"})
    void speechIsAskedForAsItsClientWantsIt(boolean wanted, boolean asked, String accept) {
        UpstreamRequest request = write("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
                + "\"modalities\":[\"text\",\"audio\"],\"audio\":{\"voice\":\"alloy\",\"format\":\"wav\"},\"stream\":" + wanted
                + "}", KEYLESS);

        JsonObject body = JsonText.parseObject(request.body());
        assertThat(body.getBoolean("stream")).isEqualTo(asked);
        assertThat(body.containsKey("stream_options")).isEqualTo(asked);
        assertThat(request.headers()).containsEntry("Accept", accept);
        assertThat(request.whole()).isEqualTo(!asked);
    }

    @ParameterizedTest
    @DisplayName("who refused to stream is asked without, unless the client wants a stream")
    @ValueSource(booleans = {true, false})
    void withoutStreams(boolean wanted) {
        UpstreamRequest request = write("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"stream\":"
                + wanted + "}", KEYLESS.conceding(Concession.STREAM));

        assertThat(JsonText.parseObject(request.body()).getBoolean("stream")).isEqualTo(wanted);
        assertThat(request.whole()).isEqualTo(!wanted);
    }

    @ParameterizedTest
    @DisplayName("a server that refuses stream_options is not sent them, or only those of the client")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            AS_ASKED | -                                         | -                       | -
            AS_ASKED | ,"stream_options":{"include_usage":false} | {"include_usage":false} | -
            NEVER    | -                                         | -                       | -
            NEVER    | ,"stream_options":null                    | -                       | -
            NEVER    | ,"stream_options":{"include_usage":true}  | -                       | stream_options
            """)
    void streamOptionsAreLeftToTheClientOrLeftOut(StreamUsage usage, String given, String sent, String dropped) {
        UpstreamRequest request = write("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"
                + (given == null ? "" : given) + "}", new Upstream("p1", "m", ApiKey.NONE, "", usage,
                Optional.empty(), Set.of()));

        assertThat(JsonText.parseObject(request.body()).get("stream_options"))
                .isEqualTo(sent == null ? null : JsonText.parseObject(sent));
        assertThat(request.dropped()).isEqualTo(dropped == null ? List.of() : List.of(dropped));
    }

    @ParameterizedTest
    @CsvSource({"'',Authorization,Bearer sk-1", "Authorization,Authorization,Bearer sk-1",
        "authorization,authorization,Bearer sk-1",
        "api-key,api-key,sk-1"})
    void theKeyGoesIntoItsHeader(String configured, String header, String value) {
        UpstreamRequest request = write(new Upstream("p1", "m", new ApiKey("sk-1"), configured));

        assertThat(request.headers()).containsEntry(header, value).containsEntry("Content-Type", "application/json")
                .containsEntry("Accept", "text/event-stream").hasSize(3);
        assertThat(request.body() + request).doesNotContain("sk-1");
    }

    @Test
    void withoutAKeyThereIsNoHeaderForIt() {
        UpstreamRequest request = write(KEYLESS);

        assertThat(request.headers()).containsOnlyKeys("Content-Type", "Accept");
        assertThat(request.path()).isEqualTo("/chat/completions");
        assertThat(request.dropped()).isEmpty();
    }

    private static UpstreamRequest write(Upstream upstream) {
        return write("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", upstream);
    }

    private static UpstreamRequest write(String request, Upstream upstream) {
        OpenAiDialect dialect = new OpenAiDialect();
        return dialect.request(dialect.readRequest(JsonText.parseObject(request)), upstream);
    }
}
