package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * A stream as the strictest client reads it: each event is one {@code data:} line and one blank line, between events
 * there may be heartbeats, and there is nothing else. Clients in use fail on less (T09).
 *
 * @param firstId the number of the first event; each next one has the next
 * @param data    the events' data, {@code [DONE]} included
 */
record Events(long firstId, List<String> data, int heartbeats) {

    static final String DONE = "[DONE]";

    static Events of(String body) {
        List<String> data = new ArrayList<>();
        int heartbeats = 0;
        long firstId = 0;
        String[] lines = body.split("\n", -1);
        assertThat(lines[lines.length - 1]).as("what follows the last line end").isEmpty();
        for (int i = 0; i < lines.length - 1; i++) {
            if (lines[i].equals(": ping")) {
                heartbeats++;
                continue;
            }
            assertThat(lines[i]).as("line %d", i).matches("id: \\d+");
            long id = Long.parseLong(lines[i].substring("id: ".length()));
            firstId = data.isEmpty() ? id : firstId;
            assertThat(id).as("line %d", i).isEqualTo(firstId + data.size());
            assertThat(lines[++i]).as("line %d, after an id", i).startsWith("data: ");
            data.add(lines[i].substring("data: ".length()));
            assertThat(lines[++i]).as("line %d, after an event", i).isEmpty();
        }
        return new Events(firstId, List.copyOf(data), heartbeats);
    }

    boolean isDone() {
        return data.contains(DONE);
    }

    /** All events but {@link #DONE}. */
    List<JsonObject> json() {
        return data.stream().filter(event -> !event.equals(DONE)).map(JsonText::parseObject).toList();
    }

    /** What choice 0 said. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (JsonObject chunk : json()) {
            if (chunk.get("choices") instanceof JsonArray choices && !choices.isEmpty()) {
                JsonValue delta = choices.getJsonObject(0).get("delta");
                text.append(delta instanceof JsonObject object ? object.getString("content", "") : "");
            }
        }
        return text.toString();
    }

    /** The last event's member {@code error}; a broken stream ends with it. */
    JsonObject error() {
        return json().getLast().getJsonObject("error");
    }

    /** Asserts a stream that told its failure and did not look complete. */
    JsonObject assertFailed(String code) {
        assertThat(isDone()).as("looks complete").isFalse();
        assertThat(json().getLast()).containsKey("error");
        assertThat(json().stream().filter(event -> event.containsKey("error"))).as("errors").hasSize(1);
        assertThat(error().getString("code")).isEqualTo(code);
        return error();
    }
}
