package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.circuitbreaker.llm.chat.JsonText;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same WAR with client keys: who has one is served from wherever, and nobody else is, this machine included. */
@ExtendWith(ArquillianExtension.class)
class ClientKeysIT {

    private static final String ALICES = "client-key-of-alice-94d1f0";
    private static final String BOBS = "client-key-of-bob-17ce52";

    @Deployment(testable = false)
    static WebArchive router() throws Exception {
        String keys = "llm.client-keys=alice:" + sha256(ALICES) + ", bob:" + sha256(BOBS).toUpperCase(Locale.ROOT);
        return DeployedRouter.router().addAsWebInfResource(new StringAsset(keys),
                "classes/META-INF/microprofile-config.properties");
    }

    static String sha256(String text) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Authorization: Bearer client-key-of-nobody\r\n", "Authorization: Bearer \r\n",
        "Authorization: client-key-of-alice-94d1f0\r\n", "Authorization: Basic client-key-of-alice-94d1f0\r\n",
        "x-api-key: client-key-of-alice-94d1f0\r\n", "Authorization: Bearer client-key-of-alice-94d1f\r\n"})
    void whoHasNoneIsRefused(String header) throws IOException {
        try (SocketClient client = SocketClient.connect().post(Router.unary("demo"), header)) {
            assertThat(client.readTo("\r\n\r\n")).startsWith("HTTP/1.1 401 ").containsIgnoringCase("x-should-retry: false");
            assertThat(client.readTo("}}")).contains("invalid_api_key").doesNotContain("client-key-of");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ALICES, BOBS})
    void whoHasOneIsServedFromWherever(String key) throws IOException {
        String elsewhere = "Host: router.example.org\r\nX-Forwarded-For: 203.0.113.7\r\nAuthorization: bearer " + key + "\r\n";
        try (SocketClient client = SocketClient.connect().post(Router.streaming("demo"), elsewhere)) {
            assertThat(client.readTo("[DONE]")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aClientsKeyStaysHere() throws IOException {
        String model = Fake.OPENAI.serving(Wire.OPENAI.answer("Hi"));
        try (SocketClient client = SocketClient.connect()
                .post(Router.unary(model), "Authorization: Bearer " + ALICES + "\r\n")) {
            assertThat(client.readTo("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
        }
        assertThat(Fake.OPENAI.requests(model)).hasSize(1).first().satisfies(request ->
                assertThat(request.header("authorization")).hasValueSatisfying(
                        sent -> assertThat(sent).startsWith("Bearer canary-openai")));
    }

    @Test
    void openAisClientSendsItsKeyAsItIsWanted() {
        ChatCompletionCreateParams params =
                ChatCompletionCreateParams.builder().model("demo").addUserMessage("Hi").build();
        assertThat(ClientAnswer.of(client(BOBS).chat().completions().create(params)).choices()).isNotEmpty();
        assertThatThrownBy(() -> client("client-key-of-nobody").chat().completions().create(params))
                .isInstanceOf(UnauthorizedException.class);
    }

    @Test
    void everyPathOfTheApiIsGuardedAndHealthIsNot() {
        assertThat(Router.get("/v1/models").statusCode()).isEqualTo(401);
        assertThat(Router.get("/v1/models/demo").statusCode()).isEqualTo(401);
        assertThat(Router.get("/health/ready").statusCode()).isEqualTo(200);
    }

    private static String ticketOf(String key) {
        HttpResponse<String> issued = Router.exchange("POST", "/v1/tickets", "", bearer(key));
        assertThat(issued.statusCode()).isEqualTo(201);
        return JsonText.parseObject(issued.body()).getString("ticket");
    }

    private static Map<String, String> bearer(String key) {
        return Map.of("Authorization", "Bearer " + key);
    }

    private static int read(String stream, String ticket) {
        return Router.exchange("GET", stream + "?ticket=" + ticket, "", Map.of("Accept", "text/event-stream")).statusCode();
    }

    @Test
    void aTicketReadsOneStreamOfItsClientOnce() {
        String stream = JsonText.parseObject(
                Router.exchange("POST", "/v1/streams", Router.unary("demo"), bearer(ALICES)).body()).getString("url");
        String ticket = ticketOf(ALICES);
        assertThat(read(stream, ticket)).isEqualTo(200);
        assertThat(read(stream, ticket)).isEqualTo(401);
        assertThat(read(stream, "made-up")).isEqualTo(401);
        assertThat(read(stream, ticketOf(BOBS))).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"GET, /v1/models", "GET, /v1/sessions", "POST, /v1/tickets", "POST, /v1/chat/completions",
        "POST, /v1/streams", "DELETE, /v1/streams/req_1"})
    void aTicketIsGoodForNothingElse(String method, String path) {
        String address = path + "?ticket=" + ticketOf(ALICES);
        assertThat(Router.exchange(method, address, method.equals("POST") ? Router.unary("demo") : "", Map.of()).statusCode()).isEqualTo(401);
    }

    private static com.openai.client.OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder().baseUrl(Router.URL + "/v1").apiKey(key).maxRetries(0).build();
    }
}
