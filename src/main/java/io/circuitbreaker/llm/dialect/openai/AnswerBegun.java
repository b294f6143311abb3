package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.AnswerSoFar;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.PrefillForm;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;

/** Puts an answer that broke off behind the client's own messages, whose JSON stays as it is. */
final class AnswerBegun {

    private static final List<String> LIMITS = List.of("max_tokens", "max_completion_tokens");

    private final LlmRequest request;
    private final JsonArray given;
    private final AnswerSoFar answer;
    private final PrefillForm form;

    /** @param given the client's messages */
    AnswerBegun(LlmRequest request, JsonArray given, AnswerSoFar answer, PrefillForm form) {
        this.request = request;
        this.given = given;
        this.answer = answer;
        this.form = form;
    }

    void write(JsonObjectBuilder body) {
        boolean begun = !request.begunAnswer().isEmpty();
        JsonArrayBuilder messages = JSON.createArrayBuilder();
        given.stream().limit(begun ? given.size() - 1L : given.size()).forEach(messages::add);
        messages.add(assistant(begun ? given.getJsonObject(given.size() - 1) : JsonValue.EMPTY_JSON_OBJECT));
        answer.instruction().ifPresent(words -> messages.add(
                JSON.createObjectBuilder().add("role", "user").add("content", words)));
        body.add("messages", messages);
        if (answer.isPrefill() && form == PrefillForm.CONTINUE_FINAL_MESSAGE) {
            body.add("continue_final_message", true).add("add_generation_prompt", false);
        }
        writeLimits(body);
    }

    /** @param begun the client's own beginning of the answer, without members if there is none */
    private JsonObject assistant(JsonObject begun) {
        JsonObjectBuilder message = JSON.createObjectBuilder(begun).add("role", "assistant");
        switch (begun.get("content")) {
            case JsonString text -> message.add("content", text.getString() + answer.text());
            case JsonArray parts -> message.add("content", JSON.createArrayBuilder(parts)
                    .add(JSON.createObjectBuilder().add("type", "text").add("text", answer.text())));
            case null, default -> message.add("content", answer.text());
        }
        if (answer.isPrefill() && form == PrefillForm.PREFIX) {
            message.add("prefix", true);
        }
        return message.build();
    }

    /** Where the client set a limit, the request has what is left of it. */
    private void writeLimits(JsonObjectBuilder body) {
        for (String name : LIMITS) {
            if (request.source().containsKey(name) && !request.source().isNull(name)) {
                request.sampling().maxTokens().ifPresent(left -> body.add(name, left));
            }
        }
    }
}
