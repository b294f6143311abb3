package io.circuitbreaker.llm.chat;

import jakarta.json.JsonObject;

/** What shape the answer's text must have. */
public sealed interface ResponseFormat {

    record PlainText() implements ResponseFormat {
    }

    /** Any JSON object. */
    record AnyJson() implements ResponseFormat {
    }

    record JsonSchema(String name, JsonObject schema, boolean strict) implements ResponseFormat {
    }
}
