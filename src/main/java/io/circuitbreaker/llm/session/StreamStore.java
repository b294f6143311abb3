package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Where the events of streams are kept for those who come back. Implementations are thread-safe CDI beans. */
public interface StreamStore {

    /** The word that {@code llm.streaming.store} uses. */
    String name();

    /**
     * Begins to keep a stream that this server makes.
     *
     * @param grace  how long it goes on while nobody reads it
     * @param cancel ends what makes its events
     */
    LiveStream open(StreamInfo info, Duration grace, Consumer<Failure> cancel);

    /**
     * A stream that is kept, whichever server makes or made it.
     *
     * @throws io.circuitbreaker.llm.chat.LlmException with {@code Unavailable} if that cannot be found out for now
     */
    Optional<ReadableStream> find(String id);

    StoreState state();

    /** Cancels what nobody reads any more, and forgets what ended long ago. Called about once a second; may throw. */
    void sweep();
}
