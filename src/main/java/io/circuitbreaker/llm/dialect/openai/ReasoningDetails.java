package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.dialect.ProofMarks;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;

/**
 * Finished reasoning in the form that OpenRouter gave the field {@code reasoning_details}: a client that copies them
 * from an answer into the next request's assistant message keeps the provider's signatures.
 */
final class ReasoningDetails {

    private static final String NAME = "reasoning_details";

    private ReasoningDetails() {
    }

    static JsonObject write(ReasoningBlock block) {
        if (!block.redacted().isEmpty()) {
            return JSON.createObjectBuilder().add("type", "reasoning.encrypted").add("data", block.redacted()).build();
        }
        return JSON.createObjectBuilder().add("type", "reasoning.text").add("text", block.text())
                .add("signature", block.signature()).build();
    }

    /** The messages of a request without our marks, which nobody else knows; empty if there are none. */
    static Optional<JsonArray> unmarked(JsonObject request) {
        if (!(request.get("messages") instanceof JsonArray messages) || messages.stream().noneMatch(ReasoningDetails::isIn)) {
            return Optional.empty();
        }
        JsonArrayBuilder all = JSON.createArrayBuilder();
        messages.forEach(message -> all.add(isIn(message) ? unmarkedMessage(message.asJsonObject()) : message));
        return Optional.of(all.build());
    }

    private static boolean isIn(JsonValue message) {
        return message instanceof JsonObject object && object.get(NAME) instanceof JsonArray;
    }

    private static JsonObject unmarkedMessage(JsonObject message) {
        JsonArrayBuilder details = JSON.createArrayBuilder();
        message.getJsonArray(NAME).forEach(detail -> details.add(detail instanceof JsonObject object
                ? unmarkedDetail(object) : detail));
        return JSON.createObjectBuilder(message).add(NAME, details).build();
    }

    private static JsonObject unmarkedDetail(JsonObject detail) {
        JsonObjectBuilder bare = JSON.createObjectBuilder(detail);
        for (String proof : new String[] {"signature", "data"}) {
            if (detail.get(proof) instanceof JsonString marked) {
                bare.add(proof, ProofMarks.unmarked(marked.getString()));
            }
        }
        return bare.build();
    }

    /** Details without a signature are left out: no provider takes its own reasoning back unproved. */
    static List<ReasoningBlock> read(JsonArray details) {
        return details.stream().filter(JsonObject.class::isInstance).map(JsonValue::asJsonObject)
                .map(detail -> new ReasoningBlock(detail.getString("text", ""), detail.getString("signature", ""),
                        detail.getString("data", "")))
                .filter(block -> !block.signature().isEmpty() || !block.redacted().isEmpty()).toList();
    }
}
