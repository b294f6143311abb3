package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.routing.RoutedStream;
import io.circuitbreaker.llm.session.LiveStream;
import io.circuitbreaker.llm.session.Page;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamState;
import io.circuitbreaker.llm.session.StreamingManager;
import io.circuitbreaker.llm.session.TestStores;
import io.circuitbreaker.llm.testing.OneChunk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeptDeliveryTest {

    private static final LlmException AWAY = new LlmException(new Failure.ClientGone("away"));
    private static final LlmException CUT = new LlmException(new Failure.ClosedEarly("cut"));

    private static final RoutedStream ANSWER =
            new RoutedStream(new OneChunk(Optional.empty()), "p", "m", 1, Optional.empty());

    private final List<Failure> cancelled = new ArrayList<>();
    private final StreamingManager manager = TestStores.manager();
    private final LiveStream stream = TestStores.streams(manager).open(
            manager.open(StreamOwner.of(""), Optional.empty(), _ -> { }), "m", Duration.ofMinutes(1), cancelled::add);
    private final RecordedDelivery client = new RecordedDelivery();
    private final KeptDelivery kept = new KeptDelivery(stream);

    @BeforeEach
    void deliver() {
        kept.deliverTo(client);
    }

    private List<String> keptEvents() throws InterruptedException {
        return ((Page.Events) stream.after(0, Duration.ZERO)).data();
    }

    private void assertOver(StreamState state) {
        assertThat(stream.status().state()).isEqualTo(state);
        assertThat(stream.status().readers()).isZero();
        assertThat(cancelled).isEmpty();
    }

    @Test
    void whatIsHandedToTheClientIsKept() throws InterruptedException {
        kept.begin(ANSWER);
        kept.event(1, "a");
        kept.last(2, "b");
        kept.flush();
        assertThat(stream.status().readers()).isEqualTo(1);
        kept.end();
        assertThat(client.steps()).containsExactly("begin", "1 a", "2 b and flush", "flush", "end");
        assertThat(keptEvents()).containsExactly("a", "b");
        assertOver(StreamState.COMPLETE);
    }

    @Test
    void itNeedsNoClient() throws InterruptedException {
        KeptDelivery alone = new KeptDelivery(stream);
        alone.begin(ANSWER);
        alone.event(1, "a");
        alone.flush();
        alone.end();
        assertThat(client.steps()).isEmpty();
        assertThat(keptEvents()).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"begin", "event", "last", "flush", "end"})
    @DisplayName("A client that is lost has its response given back at once, and the stream goes on to its end")
    void lost(String step) throws InterruptedException {
        client.failsAt(step, AWAY);
        kept.begin(ANSWER);
        kept.event(1, "a");
        kept.flush();
        kept.last(2, "b");
        kept.event(3, "c");
        kept.end();
        assertThat(client.steps()).endsWith("fail 0 client_gone");
        assertThat(client.ends()).containsOnlyOnce("fail 0 client_gone");
        assertThat(keptEvents()).containsExactly("a", "b", "c");
        assertOver(StreamState.COMPLETE);
    }

    @Test
    @DisplayName("A client that leaves counts as a reader no more, and the stream's own thread gives its response back")
    void leaves() {
        kept.event(1, "a");
        kept.leave();
        assertThat(stream.status().readers()).isZero();
        assertThat(client.ends()).as("on another thread than the stream's").isEmpty();
        kept.event(2, "b");
        kept.flush();
        kept.end();
        assertThat(client.steps()).containsExactly("1 a", "fail 0 client_gone");
        assertOver(StreamState.COMPLETE);
    }

    @Test
    void whoIsNotWaitedForIsToldWhy() {
        kept.leave(new Failure.SlowClient("too slow"), "why");
        kept.flush();
        kept.fail(CUT, 1, "cut");
        assertThat(client.steps()).containsExactly("fail 0 slow_client told");
        assertOver(StreamState.FAILED);
    }

    @Test
    void whoLeavesBeforeTheEndIsNotToldOfIt() {
        kept.leave();
        kept.end();
        kept.leave();
        assertThat(client.steps()).containsExactly("fail 0 client_gone");
    }

    @Test
    void whoHasItsEndGetsNoOther() {
        kept.end();
        kept.leave();
        kept.leave(new Failure.SlowClient("too slow"), "why");
        assertThat(client.steps()).containsExactly("end");
    }

    static Stream<Arguments> failures() {
        return Stream.of(Arguments.of(CUT.failure(), StreamState.FAILED),
                Arguments.of(new Failure.Internal("ours"), StreamState.FAILED),
                Arguments.of(new Failure.Cancelled("stopped"), StreamState.CANCELLED),
                Arguments.of(new Failure.ClientGone("nobody reads it"), StreamState.CANCELLED),
                Arguments.of(new Failure.SlowClient("too slow"), StreamState.CANCELLED));
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName("A failure is the last event that is kept")
    void failed(Failure why, StreamState state) throws InterruptedException {
        kept.event(1, "a");
        kept.fail(new LlmException(why), 2, "why");
        assertThat(client.steps()).containsExactly("1 a", "fail 2 " + why.kind() + " told");
        assertThat(keptEvents()).containsExactly("a", "why");
        assertOver(state);
    }

    @Test
    void aClientThatCannotBeToldIsNoReaderEither() {
        client.failsAt("fail", AWAY);
        assertThatThrownBy(() -> kept.fail(CUT, 1, "cut")).isSameAs(AWAY);
        assertOver(StreamState.FAILED);
    }

    @Test
    void aFaultOfOursIsNotTakenForALostClient() {
        client.failsAt("event", new IllegalStateException("ours"));
        assertThatThrownBy(() -> kept.event(1, "a")).hasMessage("ours");
        kept.fail(new LlmException(new Failure.Internal("ours")), 2, "why");
        assertThat(client.steps()).containsExactly("1 a", "fail 2 internal told");
        assertOver(StreamState.FAILED);
    }

    @Test
    @DisplayName("A fault at the end keeps no response: the stream is complete, and the client's way is given back")
    void aFaultOfOursAtTheEnd() throws InterruptedException {
        client.failsAt("end", new IllegalStateException("ours"));
        kept.event(1, "a");
        assertThatThrownBy(kept::end).hasMessage("ours");
        kept.fail(new LlmException(new Failure.Internal("ours")), 2, "why");
        assertThat(client.steps()).containsExactly("1 a", "end", "fail 0 client_gone");
        assertThat(keptEvents()).containsExactly("a");
        assertOver(StreamState.COMPLETE);
    }
}
