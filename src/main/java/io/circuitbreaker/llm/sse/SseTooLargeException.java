package io.circuitbreaker.llm.sse;

/** An event grew beyond the parser's limit. The parser must not be fed again. */
public final class SseTooLargeException extends RuntimeException {

    public SseTooLargeException(int limitInBytes, long readInBytes) {
        super("an event exceeded the limit of " + limitInBytes + " bytes, read " + readInBytes);
    }
}
