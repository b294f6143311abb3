package io.circuitbreaker.llm.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SocketStreamsTest {

    private final SocketStreams streams = new SocketStreams();

    private static SocketStream stream() {
        Credit credit = new Credit(false, 0, Duration.ofSeconds(1), () -> new Failure.SlowClient("never"));
        return new SocketStream(credit, _ -> { }, () -> { });
    }

    private SocketStream begun(String id) {
        SocketStream stream = stream();
        streams.checkFree(id);
        streams.begin(id, stream);
        return stream;
    }

    @Test
    void oneThatIsOpenIsFound() {
        SocketStream a = begun("a");
        SocketStream b = begun("b");
        assertThat(streams.find("a")).containsSame(a);
        assertThat(streams.all()).containsExactlyInAnyOrder(a, b);
    }

    @Test
    @DisplayName("One that has ended is known as such, one that never was is an error")
    void theEndIsRemembered() {
        SocketStream a = begun("a");
        streams.end("a", a);
        assertThat(streams.find("a")).isEmpty();
        assertThat(streams.all()).isEmpty();
        assertThatThrownBy(() -> streams.find("b")).isInstanceOf(LlmException.class)
                .hasMessage("no stream of this id is open on this socket");
    }

    @Test
    @DisplayName("A stream that ends twice does not end the next of its name")
    void theNextOfTheNameStays() {
        SocketStream first = begun("a");
        streams.end("a", first);
        SocketStream second = begun("a");
        streams.end("a", first);
        assertThat(streams.find("a")).containsSame(second);
    }

    @Test
    void aNameIsTakenWhileItsStreamIsOpen() {
        SocketStream a = begun("a");
        assertThatThrownBy(() -> streams.checkFree("a")).hasMessageContaining("still open");
        streams.end("a", a);
        streams.checkFree("a");
    }

    @Test
    void atMostAHundredAreOpen() {
        for (int i = 0; i < 100; i++) {
            begun("s" + i);
        }
        assertThatThrownBy(() -> streams.checkFree("one more")).hasMessageContaining("100");
    }

    @Test
    @DisplayName("What is remembered of those that ended is bounded")
    void theOldestEndsAreForgotten() {
        for (int i = 0; i <= 1000; i++) {
            streams.end("s" + i, begun("s" + i));
        }
        assertThat(streams.find("s1")).isEmpty();
        assertThatThrownBy(() -> streams.find("s0")).isInstanceOf(LlmException.class);
    }
}
