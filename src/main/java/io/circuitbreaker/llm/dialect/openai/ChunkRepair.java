package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.dialect.openai.ToolCallIndexes.Place;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Iterator;
import java.util.Optional;

/**
 * Mends a chunk of a compatible server that OpenAI's own clients would stumble over: content as an array of parts, tool
 * calls that are numbered otherwise or named twice, a choice without a delta, a finish that was said before. All other
 * members stay as they are.
 */
final class ChunkRepair {

    private final ChunkView view;
    private final Iterator<Place> places;
    private boolean hasContent;

    ChunkRepair(ChunkView view) {
        this.view = view;
        this.places = view.places.iterator();
    }

    /** The chunk mended, or nothing if only a repeated finish was in it. */
    Optional<String> mend(String json) {
        JsonObject chunk = JsonText.parseObject(json);
        JsonObjectBuilder mended = JSON.createObjectBuilder(chunk);
        JsonArrayBuilder choices = JSON.createArrayBuilder();
        for (JsonValue choice : chunk.getJsonArray("choices")) {
            choices.add(choice(choice.asJsonObject()));
        }
        String text = mended.add("choices", choices).build().toString();
        return hasContent ? Optional.of(text) : Optional.empty();
    }

    private JsonObject choice(JsonObject choice) {
        JsonObjectBuilder mended = JSON.createObjectBuilder(choice);
        JsonValue delta = choice.getOrDefault("delta", JsonValue.NULL);
        mended.add("delta", delta instanceof JsonObject object ? delta(object) : JsonValue.EMPTY_JSON_OBJECT);
        if (view.repeatedFinish.get(choice.getInt("index", 0))) {
            hasContent |= view.speaks;
            return mended.addNull("finish_reason").build();
        }
        hasContent = true;
        return mended.build();
    }

    private JsonObject delta(JsonObject delta) {
        JsonObjectBuilder mended = JSON.createObjectBuilder(delta);
        if (delta.get("content") instanceof JsonArray parts) {
            parts(parts, mended);
        }
        if (delta.get("tool_calls") instanceof JsonArray calls) {
            JsonArrayBuilder placed = JSON.createArrayBuilder();
            calls.forEach(call -> placed.add(toolCall(call.asJsonObject(), places.next())));
            mended.add("tool_calls", placed);
        }
        return mended.build();
    }

    /** Mistral's form of reasoning: {@code [{"type":"thinking","thinking":[{"type":"text",…}]},{"type":"text",…}]}. */
    private static void parts(JsonArray parts, JsonObjectBuilder delta) {
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        for (JsonValue part : parts) {
            JsonObject object = part.asJsonObject();
            if (object.get("thinking") instanceof JsonArray thoughts) {
                thoughts.forEach(thought -> reasoning.append(thought.asJsonObject().getString("text", "")));
            } else if (object.get("thinking") instanceof JsonString thought) {
                reasoning.append(thought.getString());
            } else {
                text.append(object.getString("text", ""));
            }
        }
        delta.add("content", text.toString());
        if (!reasoning.isEmpty()) {
            delta.add("reasoning_content", reasoning.toString());
        }
    }

    private static JsonObject toolCall(JsonObject call, Place place) {
        JsonObjectBuilder mended = JSON.createObjectBuilder().add("index", place.index());
        JsonObject function = call.get("function") instanceof JsonObject object ? object : JsonValue.EMPTY_JSON_OBJECT;
        for (String member : call.keySet()) {
            boolean keep = !member.equals("index") && !member.equals("function") && (place.opens() || !member.equals("id"));
            if (keep) {
                mended.add(member, call.get(member));
            }
        }
        if (place.opens() && !call.containsKey("type")) {
            mended.add("type", "function");
        }
        return mended.add("function", function(function, place.opens())).build();
    }

    /** A name comes once: clients add up what they get. Arguments are text, also where a server sends an object. */
    private static JsonObject function(JsonObject function, boolean opens) {
        JsonObjectBuilder mended = JSON.createObjectBuilder(function);
        if (!opens || function.getString("name", "").isEmpty()) {
            mended.remove("name");
        }
        if (function.get("arguments") instanceof JsonObject arguments) {
            mended.add("arguments", arguments.toString());
        }
        return mended.build();
    }
}
