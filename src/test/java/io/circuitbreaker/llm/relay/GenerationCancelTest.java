package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamProtocol;
import io.circuitbreaker.llm.session.StreamingManager;
import io.circuitbreaker.llm.session.StreamingSession;
import io.circuitbreaker.llm.session.TestStores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GenerationCancelTest {

    private static final StreamOwner OWNER = StreamOwner.of("");
    private static final Failure CANCELLED = new Failure.Cancelled("as its client wished");

    private final StreamingManager manager = TestStores.manager();
    private final StreamingSession session = manager.createSession(StreamProtocol.WEBSOCKET, OWNER);
    /** Nothing is asked of a provider, and nothing kept: it is never started. */
    private final Generation generation = new Generations(null, manager, null, null, null)
            .admit(null, OWNER, Optional.of(session));
    private final List<Failure> told = new ArrayList<>();

    @Test
    void whoHoldsItUpIsToldOfACancelOnce() {
        generation.onCancel(told::add);
        generation.cancel(CANCELLED);
        generation.cancel(new Failure.ClientGone("later"));
        assertThat(told).containsExactly(CANCELLED);
    }

    @Test
    @DisplayName("T51: a cancel by the end of its session is one, wherever the stream waits")
    void theEndOfItsSessionIsACancel() {
        generation.onCancel(told::add);
        manager.close(session);
        assertThat(told).singleElement().isInstanceOf(Failure.Cancelled.class);
    }

    @Test
    void whoComesAfterTheCancelIsToldAtOnce() {
        generation.cancel(CANCELLED);
        generation.onCancel(told::add);
        assertThat(told).containsExactly(CANCELLED);
    }
}
