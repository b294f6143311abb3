package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;

/** A server that answers a request for a stream with one document: the document as the only chunk of a stream. */
final class WholeAnswer {

    private WholeAnswer() {
    }

    static JsonObject asChunk(JsonObject answer, JsonArray choices) {
        JsonArrayBuilder deltas = JSON.createArrayBuilder();
        choices.forEach(choice -> deltas.add(choice(choice.asJsonObject())));
        return JSON.createObjectBuilder(answer).add("object", "chat.completion.chunk").add("choices", deltas).build();
    }

    private static JsonObject choice(JsonObject choice) {
        JsonObjectBuilder chunk = JSON.createObjectBuilder(choice).remove("message");
        if (choice.get("message") instanceof JsonObject message) {
            JsonObjectBuilder delta = JSON.createObjectBuilder(message);
            if (message.get("tool_calls") instanceof JsonArray calls) {
                delta.add("tool_calls", numbered(calls));
            }
            chunk.add("delta", delta);
        }
        return chunk.build();
    }

    private static JsonArrayBuilder numbered(JsonArray calls) {
        JsonArrayBuilder numbered = JSON.createArrayBuilder();
        for (int i = 0; i < calls.size(); i++) {
            numbered.add(JSON.createObjectBuilder(calls.get(i).asJsonObject()).add("index", i));
        }
        return numbered;
    }
}
