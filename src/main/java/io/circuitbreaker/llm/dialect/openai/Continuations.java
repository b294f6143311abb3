package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.Continuation;
import io.circuitbreaker.llm.chat.JsonText;

/** Our own member of a chunk, and of a whole answer, that says that another went on. OpenAI's clients pass it over. */
final class Continuations {

    private Continuations() {
    }

    static String write(Continuation part) {
        StringBuilder json = new StringBuilder("{\"from\":");
        JsonText.quote(json, part.from());
        return JsonText.quote(json.append(",\"reason\":"), part.reason()).append('}').toString();
    }
}
