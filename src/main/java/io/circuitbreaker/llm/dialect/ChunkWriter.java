package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.StreamingChunk;
import java.util.function.Consumer;

/** Turns the chunks of one answer into the events' data for the client. One stream, one thread. */
public interface ChunkWriter {

    /**
     * Hands over the data of at most one event, one line without a line end. This is the last that it does: while a client
     * holds the event up, the next chunk may be written.
     */
    void write(StreamingChunk chunk, Consumer<? super String> events);

    /** What follows the last chunk of an answer that is complete, the language's success terminator included. */
    void end(Consumer<? super String> events);
}
