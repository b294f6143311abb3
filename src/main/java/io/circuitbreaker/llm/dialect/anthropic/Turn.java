package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.AnswerSoFar;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** What one side says before the other is heard again. */
final class Turn {

    private final String role;
    private final List<JsonObject> results = new ArrayList<>();
    private final List<JsonObject> blocks = new ArrayList<>();

    Turn(String role) {
        this.role = role;
    }

    boolean isOf(String role) {
        return this.role.equals(role);
    }

    void add(List<JsonObject> more) {
        blocks.addAll(more);
    }

    void addResult(JsonObject result) {
        results.add(result);
    }

    /** Takes the white space off its end, and so perhaps all of it. */
    void trim() {
        while (!blocks.isEmpty() && blocks.getLast().getString("type").equals("text")) {
            JsonObject last = blocks.removeLast();
            String text = AnswerSoFar.trimmed(last.getString("text"));
            if (!text.isEmpty()) {
                blocks.add(JSON.createObjectBuilder(last).add("text", text).build());
                return;
            }
        }
    }

    boolean isEmpty() {
        return results.isEmpty() && blocks.isEmpty();
    }

    /** Results first: the API refuses a turn that has something before them. */
    JsonObject json() {
        List<JsonObject> all = new ArrayList<>(results);
        all.addAll(blocks);
        return JSON.createObjectBuilder().add("role", role).add("content", JSON.createArrayBuilder(all)).build();
    }
}
