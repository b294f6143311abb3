package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.StreamHead;
import jakarta.json.JsonObject;
import java.util.Optional;

/** A wire language, on the side of the client: the other half of a {@link Dialect}, where we have built it. */
public interface ClientDialect {

    String name();

    /** @throws io.circuitbreaker.llm.chat.LlmException with {@code InvalidRequest}, naming the parameter and the rule */
    LlmRequest readRequest(JsonObject body);

    /** A writer for one streamed answer. */
    ChunkWriter writer(LlmRequest request, StreamHead head);

    /** What an event's data adds if that is a piece of text and nothing else. */
    Optional<TextEvent> textOf(String data);

    /** A collector for one answer in a single document. */
    ResponseCollector collector(LlmRequest request, StreamHead head);

    /** The status that a failure has before anything was sent. */
    int status(Failure failure);

    /** The body of an error answer, and the data of an error event: one line. */
    String error(Failure failure);
}
