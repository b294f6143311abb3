package io.circuitbreaker.llm.dialect;

/** One event could not be understood. It is skipped; several in a row end the stream. Its message holds no content. */
public final class MalformedChunkException extends RuntimeException {

    public MalformedChunkException(String message) {
        super(message);
    }

    public MalformedChunkException(String message, Throwable cause) {
        super(message, cause);
    }

    static MalformedChunkException expected(String wanted, int position, String text) {
        return new MalformedChunkException("expected " + wanted + " at position " + position + " of " + text.length());
    }
}
