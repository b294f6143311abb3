package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Providers quote our key and the client's prompt in all their errors; neither comes out, nor is it written down. */
class SecretsIT extends DeployedRouter {

    private static final String PROMPT = "canary prompt: \"the \u00e9mu\" flies\nat 7:45";
    /** Without the characters that are escaped in one place or another. */
    private static final List<String> PROMPT_WORDS = List.of("canary prompt", "flies", "mu\\\" ");
    private static final Path LOGS = Path.of(System.getProperty("router.logs"));

    private static final List<String> RESPONSES = new ArrayList<>();
    private static String[] keys = new String[0];

    @BeforeAll
    static void learnTheKeys() {
        keys = Fake.VENDORS.stream().map(SecretsIT::keyAtTheProvider).toArray(String[]::new);
        assertThat(keys).doesNotHaveDuplicates().allSatisfy(key -> assertThat(key).startsWith("canary-"));
    }

    /** What the provider is sent is what must not be seen elsewhere. */
    private static String keyAtTheProvider(Fake fake) {
        String model = fake.serving(fake.wire().answer("fine"));
        RESPONSES.add(Router.post(Router.unary(model)).body());
        ReceivedRequest request = fake.requests(model).getFirst();
        return Stream.of("authorization", "x-api-key", "x-goog-api-key").map(request::header)
                .flatMap(Optional::stream).findFirst().orElseThrow().replace("Bearer ", "");
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
    void noResponseHasThem(Fake fake) {
        String quoted = "your key " + keys[fake.ordinal()] + " was sent with " + PROMPT;
        Wire wire = fake.wire();
        List<FakeReply> replies = new ArrayList<>(List.of(
                wire.answer("all is well"),
                FakeReply.sse().send(wire.beginning()).send(wire.errorEvent(quoted)),
                wire.said("so far").send(wire.errorEvent(quoted)),
                wire.said("so far").send("data: {" + quoted.replace("\n", " ") + "\n\n").send(wire.ending()),
                wire.said("so far").send("data: [" + quoted.replace("\n", " ") + "\n\n").cut(),
                wire.said("so far").send(quoted + "\n\n").cut(),
                FakeReply.status(200).body("application/json", "{\"oops\":\"" + quoted.replace('\n', ' ')),
                FakeReply.status(200).body("text/html", "<p>" + quoted),
                FakeReply.status(500).body("text/plain", quoted),
                FakeReply.sse().resetBeforeHead()));
        for (int status : new int[] {400, 401, 403, 404, 408, 413, 422, 429, 500, 502, 503, 529}) {
            replies.add(wire.refusal(status, quoted).header("x-request-id", "r1"));
        }
        for (FakeReply reply : replies) {
            String model = fake.serving(reply);
            send(Router.chat(model, PROMPT, ""));
            send(Router.chat(model, PROMPT, ",\"stream\":true"));
            fake.settleBreaker();
        }
        assertThat(RESPONSES).allSatisfy(response -> assertThat(response).doesNotContain(keys));
        assertThat(RESPONSES).allSatisfy(response -> assertThat(response).doesNotContain(PROMPT_WORDS));
    }

    @Test
    void noRefusalOfOursHasThem() {
        send(Router.chat("down/any", PROMPT, ""));
        send(Router.chat("nobody-knows", PROMPT, ""));
        send(Router.chat("demo", PROMPT, ",\"temperature\":\"" + "canary prompt" + "\""));
        send(Router.chat("demo", PROMPT, "").replace("}]", ""));
        assertThat(RESPONSES).allSatisfy(response -> assertThat(response).doesNotContain(PROMPT_WORDS));
    }

    private static void send(String json) {
        HttpResponse<String> response = Router.post(json);
        RESPONSES.add(response.statusCode() + " " + response.headers().map() + "\n" + response.body());
    }

    @AfterAll
    @DisplayName("Of all that was sent here and in the classes before, no file of the server's logs has a key or a prompt")
    static void noLogHasThem() throws IOException {
        try (Stream<Path> files = Files.walk(LOGS)) {
            List<Path> logs = files.filter(Files::isRegularFile).toList();
            assertThat(logs).isNotEmpty();
            for (Path log : logs) {
                // Every byte is a character, whatever the file's encoding.
                String text = Files.readString(log, ISO_8859_1);
                assertThat(text).as(log.toString()).doesNotContain(keys).doesNotContain(PROMPT_WORDS);
            }
        }
    }
}
