package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ContentPart;
import java.time.Duration;
import java.util.Optional;

/** A provider behind a network, of which we know how much it is at and whether it can be reached. Thread-safe. */
public interface RemoteProvider extends LlmProvider, ActiveStreams {

    /** The name of the wire language that it speaks. */
    String dialect();

    /** What kind of part it is, where this provider cannot be told of it. */
    Optional<String> untold(ContentPart part);

    /** How many streams it has at most. */
    int maxConcurrentStreams();

    /** Requests that wait for one of its streams to end. */
    int queuedRequests();

    /** How often it is to be probed; empty if not at all. */
    Optional<Duration> probeInterval();

    /**
     * Finds out whether it can be reached and takes our key, at the cost of no token. Blocks for seconds at most; call
     * it on a virtual thread, and only if there is an interval for it.
     *
     * @return empty if so, else why not, in our own words
     */
    Optional<String> probe();
}
