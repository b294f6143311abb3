package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.dialect.ProofMarks;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What clients give back of answers that the router translated: the reasoning of a Claude or a Gemini. Behind an
 * OpenAI-compatible address such a model gets it as it made it, without our marks; any other is spared it. Many refuse a
 * request with members that they do not know, so a conversation that was moved to them would never be answered again.
 */
final class OthersReasoning {

    private static final String DETAILS = "reasoning_details";
    private static final String EXTRA = "extra_content";
    private static final String GOOGLE = "google";
    private static final List<String> PROOFS = List.of("signature", "data");

    private final String model;
    private final List<String> dropped = new ArrayList<>();

    /** @param model in the provider's own name */
    OthersReasoning(String model) {
        this.model = model.toLowerCase(Locale.ROOT);
    }

    /** Paths of what was left out, in the order of the messages. */
    List<String> dropped() {
        return dropped;
    }

    /** The same array if there is nothing of others in it. */
    JsonArray without(JsonArray messages) {
        if (messages.stream().noneMatch(OthersReasoning::mayHaveSome)) {
            return messages;
        }
        JsonArrayBuilder all = JSON.createArrayBuilder();
        for (int i = 0; i < messages.size(); i++) {
            JsonValue message = messages.get(i);
            all.add(mayHaveSome(message) ? without(message.asJsonObject(), "messages[" + i + "]") : message);
        }
        return all.build();
    }

    private static boolean mayHaveSome(JsonValue message) {
        return message instanceof JsonObject object
                && (object.get(DETAILS) instanceof JsonArray || object.get("tool_calls") instanceof JsonArray);
    }

    private JsonObject without(JsonObject message, String path) {
        int before = dropped.size();
        JsonObjectBuilder own = JSON.createObjectBuilder(message);
        if (message.get(DETAILS) instanceof JsonArray details) {
            details(details, path, own);
        }
        if (message.get("tool_calls") instanceof JsonArray calls) {
            own.add("tool_calls", calls(calls, path));
        }
        if (dropped.size() > before && !insistsOnReasoning()) {
            // It is the same in plain words.
            own.remove("reasoning_content");
        }
        return own.build();
    }

    private void details(JsonArray details, String path, JsonObjectBuilder own) {
        JsonArrayBuilder kept = JSON.createArrayBuilder();
        details.stream().filter(detail -> !isOthers(detail)).map(OthersReasoning::unmarked).forEach(kept::add);
        JsonArray rest = kept.build();
        if (rest.size() < details.size()) {
            dropped.add(path + "." + DETAILS);
        }
        if (rest.isEmpty() && !details.isEmpty()) {
            own.remove(DETAILS);
        } else {
            own.add(DETAILS, rest);
        }
    }

    private boolean isOthers(JsonValue detail) {
        return detail instanceof JsonObject object && PROOFS.stream().map(object::get).filter(JsonString.class::isInstance)
                .map(proof -> ((JsonString) proof).getString())
                .anyMatch(proof -> proof.startsWith(ProofMarks.ANTHROPIC) && !model.contains("claude")
                        || proof.startsWith(ProofMarks.GOOGLE) && !isGemini());
    }

    private static JsonValue unmarked(JsonValue detail) {
        if (!(detail instanceof JsonObject object)) {
            return detail;
        }
        JsonObjectBuilder bare = JSON.createObjectBuilder(object);
        for (String name : PROOFS) {
            if (object.get(name) instanceof JsonString proof) {
                bare.add(name, ProofMarks.unmarked(proof.getString()));
            }
        }
        return bare.build();
    }

    private JsonArray calls(JsonArray calls, String path) {
        JsonArrayBuilder all = JSON.createArrayBuilder();
        for (int i = 0; i < calls.size(); i++) {
            JsonValue call = calls.get(i);
            boolean signed = call instanceof JsonObject object && object.get(EXTRA) instanceof JsonObject extra
                    && extra.containsKey(GOOGLE);
            if (signed && !isGemini()) {
                dropped.add(path + ".tool_calls[" + i + "]." + EXTRA);
                all.add(unsigned(call.asJsonObject()));
            } else {
                all.add(call);
            }
        }
        return all.build();
    }

    private static JsonObject unsigned(JsonObject call) {
        JsonObject extra = JSON.createObjectBuilder(call.getJsonObject(EXTRA)).remove(GOOGLE).build();
        JsonObjectBuilder rest = JSON.createObjectBuilder(call);
        return (extra.isEmpty() ? rest.remove(EXTRA) : rest.add(EXTRA, extra)).build();
    }

    /** Whether the model refuses an answer with calls that comes back without its reasoning, whosever it was. */
    private boolean insistsOnReasoning() {
        return model.contains("deepseek") || model.contains("kimi");
    }

    private boolean isGemini() {
        return model.contains("gemini");
    }
}
