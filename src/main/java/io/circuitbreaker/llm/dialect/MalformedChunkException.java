package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;

/** One event could not be understood. It is skipped; several in a row end the stream. Its message holds no content. */
public final class MalformedChunkException extends RuntimeException {

    public MalformedChunkException(String message) {
        super(message);
    }

    public MalformedChunkException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What it is where it cannot be skipped: the event may have had a piece of a tool call's arguments. */
    public LlmException inToolCall(String provider) {
        return new LlmException(new Failure.Malformed("provider '" + provider
                + "' sent an unreadable event in the middle of a tool call"), this);
    }

    static MalformedChunkException expected(String wanted, int position, String text) {
        return new MalformedChunkException("expected " + wanted + " at position " + position + " of " + text.length());
    }
}
