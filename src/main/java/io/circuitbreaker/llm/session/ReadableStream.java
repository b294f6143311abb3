package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A stream for those who follow it, on whichever server it runs. Thread-safe. */
public interface ReadableStream {

    StreamInfo info();

    StreamStatus status();

    /**
     * Names of the request's parameters that its provider has no word for. Empty as long as nobody answers, and where
     * another server makes the stream, which alone knows.
     */
    default Optional<List<String>> droppedParams() {
        return Optional.empty();
    }

    /**
     * The events after the one of this number, as many as there are up to some hundreds; 0 is before the first. Waits if
     * there are none yet. Blocks; call it on a virtual thread.
     *
     * @param patience how long it waits
     * @throws io.circuitbreaker.llm.chat.LlmException if it cannot be followed any more, which is to be told as its end
     */
    Page after(long id, Duration patience) throws InterruptedException;

    /** Counts as a reader, for whom the stream goes on, until it is closed. */
    Reading read();

    /** Ends the stream, wherever it runs. */
    void cancel(Failure why);
}
