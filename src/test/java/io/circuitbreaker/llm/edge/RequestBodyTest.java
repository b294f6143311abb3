package io.circuitbreaker.llm.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {

    private static final String SECRET = "my secret prompt";

    private static Failure failure(byte[] body, long announced, int limit) {
        return failure(new ByteArrayInputStream(body), announced, limit);
    }

    private static Failure failure(InputStream body, long announced, int limit) {
        LlmException thrown = catchThrowableOfType(LlmException.class, () -> RequestBody.read(body, announced, limit));
        // Not in the cause either: it would come into the log.
        assertThat(thrown).hasNoCause();
        assertThat(thrown.failure().message()).doesNotContain(SECRET);
        return thrown.failure();
    }

    @Test
    void anObjectIsRead() {
        assertThat(RequestBody.read(new ByteArrayInputStream("{\"a\":\"\u00e9\"}".getBytes(UTF_8)), -1, 11)
                .getString("a"))
                .isEqualTo("\u00e9");
    }

    @Test
    void anAnnouncedBodyBeyondTheLimitIsNotRead() {
        InputStream unread = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("it was read");
            }
        };
        assertThat(failure(unread, 11, 10)).isInstanceOf(Failure.TooLarge.class).extracting(Failure::message).asString()
                .contains("limit of 10 bytes", "llm.request.max-body-size", "11 bytes");
    }

    @Test
    void oneByteBeyondTheLimitIsTooMuch() {
        assertThat(failure("{\"a\":12345}".getBytes(UTF_8), -1, 10)).isInstanceOf(Failure.TooLarge.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"a\":\"my secret prompt\"", "[\"my secret prompt\"]", "\"my secret prompt\"",
            "my secret prompt",
        "{} my secret prompt"})
    void whatIsNoObjectIsRefusedWithoutQuotingIt(String body) {
        assertThat(failure(body.getBytes(UTF_8), body.length(), 1000)).isInstanceOf(Failure.InvalidRequest.class);
    }

    @Test
    void brokenUtf8IsRefused() {
        assertThat(failure(new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'}, -1, 100).message())
                .contains("UTF-8");
    }

    @Test
    void deepNestingIsRefused() {
        byte[] deep = ("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}").getBytes(UTF_8);
        assertThat(failure(deep, -1, 1_000_000)).isInstanceOf(Failure.InvalidRequest.class);
    }

    @Test
    void aClientThatLeavesWithinItsBodyIsRefused() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException(SECRET);
            }
        };
        assertThat(failure(broken, -1, 10)).isInstanceOf(Failure.InvalidRequest.class);
    }
}
