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
 * calls that are numbered otherwise, named twice or without an id, a choice without a delta, a chunk without choices, a
 * finish that is empty or was said before. All other members stay as they are.
 */
final class ChunkRepair {

    /** OpenAI refuses a longer id of a tool call than 40 characters when the client gives it back. */
    private static final int ID_TAIL = 24;

    private final ChunkView view;
    private final String answerId;
    private final Iterator<Place> places;
    private boolean hasContent;

    ChunkRepair(ChunkView view, String answerId) {
        this.view = view;
        this.answerId = answerId;
        this.places = view.toolCalls.places().iterator();
    }

    /** The chunk mended, or nothing if only a repeated finish was in it. */
    Optional<String> mend(String json) {
        JsonObject chunk = JsonText.parseObject(json);
        JsonObjectBuilder mended = JSON.createObjectBuilder(chunk);
        JsonArrayBuilder choices = JSON.createArrayBuilder();
        if (view.hasChoiceList) {
            chunk.getJsonArray("choices").forEach(choice -> choices.add(choice(choice.asJsonObject())));
        } else {
            hasContent = true;
        }
        String text = mended.add("choices", choices).build().toString();
        return hasContent ? Optional.of(text) : Optional.empty();
    }

    private JsonObject choice(JsonObject choice) {
        JsonObjectBuilder mended = JSON.createObjectBuilder(choice);
        JsonValue delta = choice.getOrDefault("delta", JsonValue.NULL);
        mended.add("delta", delta instanceof JsonObject object ? delta(object) : JsonValue.EMPTY_JSON_OBJECT);
        if (view.repeatedFinish.get(choice.getInt("index", 0))) {
            hasContent |= view.speaks();
            return mended.addNull("finish_reason").build();
        }
        hasContent = true;
        if (choice.get("finish_reason") instanceof JsonString reason && reason.getString().isEmpty()) {
            mended.addNull("finish_reason");
        }
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
            if (part instanceof JsonString plain) {
                text.append(plain.getString());
            } else {
                part(part.asJsonObject(), text, reasoning);
            }
        }
        delta.add("content", text.toString());
        if (!reasoning.isEmpty()) {
            delta.add("reasoning_content", reasoning.toString());
        }
    }

    private static void part(JsonObject part, StringBuilder text, StringBuilder reasoning) {
        switch (part.get("thinking")) {
            case JsonArray thoughts ->
                    thoughts.forEach(thought -> reasoning.append(thought.asJsonObject().getString("text", "")));
            case JsonString thought -> reasoning.append(thought.getString());
            case null, default -> text.append(part.getString("text", ""));
        }
    }

    private JsonObject toolCall(JsonObject call, Place place) {
        JsonObjectBuilder mended = JSON.createObjectBuilder(call).add("index", place.index());
        if (!place.opens()) {
            mended.remove("id");
        } else if (call.getString("id", "").isEmpty()) {
            mended.add("id", madeUpId(place));
        }
        if (place.opens() && call.getString("type", "").isEmpty()) {
            mended.add("type", "function");
        }
        JsonObject function = call.get("function") instanceof JsonObject object ? object : JsonValue.EMPTY_JSON_OBJECT;
        return mended.add("function", function(function, place.names())).build();
    }

    /** Without an id a client could not say which call its result belongs to. */
    private String madeUpId(Place place) {
        return "call_" + answerId.substring(Math.max(0, answerId.length() - ID_TAIL)) + "_" + place.index();
    }

    /** A name comes once: clients add up what they get. Arguments are text, also where a server sends an object. */
    private static JsonObject function(JsonObject function, boolean named) {
        JsonObjectBuilder mended = JSON.createObjectBuilder(function);
        if (!named) {
            mended.remove("name");
        }
        if (function.get("arguments") instanceof JsonObject arguments) {
            mended.add("arguments", arguments.toString());
        }
        return mended.build();
    }
}
