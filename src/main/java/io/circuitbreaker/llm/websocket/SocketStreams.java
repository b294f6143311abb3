package io.circuitbreaker.llm.websocket;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The streams of one socket by the names that its client gave them. Thread-safe. */
final class SocketStreams {

    private static final int MOST_OPEN = 100;
    private static final int REMEMBERED = 1000;

    // guarded by this
    private final Map<String, SocketStream> open = new HashMap<>();
    private final Map<String, Boolean> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @throws LlmException if a stream of this name is open, or as many are as may be */
    synchronized void checkFree(String id) {
        if (open.containsKey(id)) {
            throw new LlmException(Failure.InvalidRequest.of("id", "'id' must not be that of a stream that is still open"));
        }
        if (open.size() >= MOST_OPEN) {
            throw new LlmException(new Failure.LimitReached("the socket has its limit of " + MOST_OPEN + " open streams",
                    "id", Optional.of(Duration.ofSeconds(1))));
        }
    }

    synchronized void begin(String id, SocketStream stream) {
        open.put(id, stream);
        ended.remove(id);
    }

    /** Idempotent: by the second call the client may have begun another stream of the same name. */
    synchronized void end(String id, SocketStream stream) {
        if (open.get(id) == stream) {
            open.remove(id);
            ended.put(id, true);
        }
    }

    /**
     * The stream that a message is for. Empty if it has ended: the message was on its way then, and its client could not
     * know.
     *
     * @throws LlmException if there never was one, as far back as is remembered
     */
    synchronized Optional<SocketStream> find(String id) {
        SocketStream stream = open.get(id);
        if (stream == null && !ended.containsKey(id)) {
            throw new LlmException(new Failure.NotFound("no stream of this id is open on this socket", "stream_not_found"));
        }
        return Optional.ofNullable(stream);
    }

    synchronized List<SocketStream> all() {
        return List.copyOf(open.values());
    }
}
