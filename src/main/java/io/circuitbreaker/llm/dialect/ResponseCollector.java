package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.StreamingChunk;

/** Merges the chunks of one answer into a single document. One stream, one thread. */
public interface ResponseCollector {

    void add(StreamingChunk chunk);

    /** The document, as JSON in one line. */
    String response();
}
