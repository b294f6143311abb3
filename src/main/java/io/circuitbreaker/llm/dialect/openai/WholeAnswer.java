package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;

/** A server that answers a request for a stream with one document: the document as the only chunk of a stream. */
final class WholeAnswer {

    private WholeAnswer() {
    }

    static JsonObject asChunk(JsonObject answer) {
        JsonArrayBuilder choices = JSON.createArrayBuilder();
        for (JsonValue choice : answer.getJsonArray("choices")) {
            choices.add(choice(choice.asJsonObject()));
        }
        return JSON.createObjectBuilder(answer).add("object", "chat.completion.chunk").add("choices", choices).build();
    }

    private static JsonObject choice(JsonObject choice) {
        JsonObject message = choice.getJsonObject("message");
        JsonObjectBuilder delta = JSON.createObjectBuilder(message);
        if (message.get("tool_calls") instanceof JsonArray calls) {
            delta.add("tool_calls", numbered(calls));
        }
        return JSON.createObjectBuilder(choice).remove("message").add("delta", delta).build();
    }

    private static JsonArrayBuilder numbered(JsonArray calls) {
        JsonArrayBuilder numbered = JSON.createArrayBuilder();
        for (int i = 0; i < calls.size(); i++) {
            numbered.add(JSON.createObjectBuilder(calls.getJsonObject(i)).add("index", i));
        }
        return numbered;
    }
}
