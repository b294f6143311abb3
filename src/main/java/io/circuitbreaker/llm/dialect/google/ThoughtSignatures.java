package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.dialect.ProofMarks;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Optional;

/**
 * How a {@code thoughtSignature} travels to a client and back.
 *
 * <p>On a function call it is the call's {@code extra}, in the form of Google's own OpenAI-compatible API. On a text or
 * thought part it is a {@link ReasoningBlock}: with the thought's text, or with no text if it signs the answer's text.
 * A block's signature bears our mark, because a conversation may have come from another provider, and Google refuses
 * signatures that are not its own.
 */
final class ThoughtSignatures {

    /**
     * What Google documents for calls that another model made: Gemini 3 refuses a turn whose first call has no
     * signature.
     */
    static final String NOT_OURS = "skip_thought_signature_validator";

    private static final String MARK = ProofMarks.GOOGLE;

    private ThoughtSignatures() {
    }

    static JsonObject extra(String signature) {
        return JsonText.JSON.createObjectBuilder().add("google",
                JsonText.JSON.createObjectBuilder().add("thought_signature", signature)).build();
    }

    static Optional<String> ofExtra(Optional<JsonObject> extra) {
        return extra.map(object -> object.get("google"))
                .filter(JsonObject.class::isInstance).map(google -> google.asJsonObject().get("thought_signature"))
                .filter(JsonString.class::isInstance).map(ThoughtSignatures::text)
                .filter(signature -> !signature.isEmpty());
    }

    static ReasoningBlock block(String thought, String signature) {
        return new ReasoningBlock(thought, MARK + signature, "");
    }

    /** The signature as Google gave it; empty if it is another provider's. */
    static Optional<String> ofBlock(ReasoningBlock block) {
        return block.signature().startsWith(MARK) ? Optional.of(block.signature().substring(MARK.length()))
                : Optional.empty();
    }

    private static String text(JsonValue value) {
        return ((JsonString) value).getString();
    }
}
