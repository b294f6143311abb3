package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.ReasoningBlock;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;

/**
 * Finished reasoning in the form that OpenRouter gave the field {@code reasoning_details}: a client that copies them
 * from an answer into the next request's assistant message keeps the provider's signatures.
 */
final class ReasoningDetails {

    private ReasoningDetails() {
    }

    static JsonObject write(ReasoningBlock block) {
        if (!block.redacted().isEmpty()) {
            return JSON.createObjectBuilder().add("type", "reasoning.encrypted").add("data", block.redacted()).build();
        }
        return JSON.createObjectBuilder().add("type", "reasoning.text").add("text", block.text())
                .add("signature", block.signature()).build();
    }

    /** Details without a signature are left out: no provider takes its own reasoning back unproved. */
    static List<ReasoningBlock> read(JsonArray details) {
        return details.stream().filter(JsonObject.class::isInstance).map(JsonValue::asJsonObject)
                .map(detail -> new ReasoningBlock(detail.getString("text", ""), detail.getString("signature", ""),
                        detail.getString("data", "")))
                .filter(block -> !block.signature().isEmpty() || !block.redacted().isEmpty()).toList();
    }
}
