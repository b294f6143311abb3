package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;

/** Parts of messages that a language has no words for, where to leave them out would change what is asked. */
public final class UpstreamParts {

    private static final int SHOWN = 40;

    private UpstreamParts() {
    }

    /** @param where the part stands in the client's request, as far as that is known */
    public static LlmException unknown(String where, ContentPart.Unknown part) {
        String type = part.type().length() <= SHOWN ? part.type() : part.type().substring(0, SHOWN) + "…";
        return new LlmException(Failure.InvalidRequest.of(where, "'" + where + "' has a part of type \"" + type
                + "\", and to this provider can be said only \"text\", \"image_url\", \"input_audio\", \"file\" and"
                + " \"refusal\""));
    }
}
