package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A stream some of whose events may have become one, with the number of the last of them: numbers may be left out, and
 * never go back.
 */
record MergedEvents(List<Event> all) {

    record Event(long id, String data) {

        boolean isDone() {
            return data.equals(Events.DONE);
        }

        JsonObject json() {
            return JsonText.parseObject(data);
        }

        /** The delta of choice 0. */
        Optional<JsonObject> delta() {
            return !isDone() && json().get("choices") instanceof JsonArray choices && !choices.isEmpty()
                    ? Optional.of(choices.getJsonObject(0).getJsonObject("delta")) : Optional.empty();
        }

        String text(String member) {
            return delta().map(delta -> delta.isNull(member) ? "" : delta.getString(member)).orElse("");
        }
    }

    static MergedEvents of(String body) {
        List<Event> all = new ArrayList<>();
        for (String block : body.split("\n\n")) {
            String event = block.replace(": ping\n", "");
            assertThat(event).matches("id: \\d+\ndata: [^\n]*");
            int line = event.indexOf('\n');
            all.add(new Event(Long.parseLong(event.substring(4, line)), event.substring(line + 7)));
        }
        return new MergedEvents(List.copyOf(all));
    }

    /** Asserts one end, which is a good one. */
    MergedEvents assertComplete() {
        assertThat(all).extracting(Event::id).isSorted().doesNotHaveDuplicates();
        assertThat(all.stream().filter(Event::isDone)).hasSize(1);
        assertThat(last().isDone()).isTrue();
        assertThat(all).filteredOn(event -> event.data.contains("\"finish_reason\":\"")).hasSize(1);
        return this;
    }

    /** Asserts an end with this reason, and returns what was before it. */
    List<Event> assertEndedBy(String code) {
        assertThat(all.stream().filter(Event::isDone)).isEmpty();
        assertThat(last().json().getJsonObject("error").getString("code")).isEqualTo(code);
        return all.subList(0, all.size() - 1);
    }

    Event last() {
        return all.getLast();
    }

    /** @param member {@code content} or {@code reasoning_content} */
    String text(String member) {
        StringBuilder text = new StringBuilder();
        all.forEach(event -> text.append(event.delta().filter(delta -> delta.containsKey(member)).isPresent()
                ? event.text(member) : ""));
        return text.toString();
    }

    /** The arguments of the one tool call. */
    String arguments() {
        StringBuilder arguments = new StringBuilder();
        for (Event event : all) {
            event.delta().map(delta -> delta.getJsonArray("tool_calls")).ifPresent(calls -> arguments.append(
                    calls.getJsonObject(0).getJsonObject("function").getString("arguments", "")));
        }
        return arguments.toString();
    }
}
