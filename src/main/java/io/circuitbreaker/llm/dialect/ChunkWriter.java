package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.StreamingChunk;
import java.util.function.Consumer;

/** Turns the chunks of one answer into the events' data for the client. One stream, one thread. */
public interface ChunkWriter {

    /** Hands over the data of zero or more events, each one line without a line end. */
    void write(StreamingChunk chunk, Consumer<? super String> events);

    /** What follows the last chunk of an answer that is complete, the language's success terminator included. */
    void end(Consumer<? super String> events);
}
