package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.util.Optional;

/**
 * Collects the lines of a stream that belong to no event. Some providers put an error there as bare JSON, or as a field
 * named {@code error}, and close; to a parser that only follows the grammar this is a clean but unfinished end.
 */
public final class UnframedError {

    private static final int LIMIT_IN_CHARACTERS = 64 * 1024;

    private final StringBuilder lines = new StringBuilder();

    public void add(String line) {
        if (lines.length() + line.length() < LIMIT_IN_CHARACTERS) {
            lines.append(line).append('\n');
        }
    }

    /** The JSON object that the lines make up, if they do and if it has an {@code error} that is not null. */
    public Optional<JsonObject> error() {
        int brace = lines.indexOf("{");
        int last = lines.lastIndexOf("}");
        if (brace < 0 || last < brace) {
            return Optional.empty();
        }
        try {
            JsonObject whole = JsonText.parseObject(lines.substring(brace, last + 1));
            boolean named = lines.substring(0, brace).strip().equals("error:");
            return named || whole.containsKey("error") && !whole.isNull("error") ? Optional.of(whole) : Optional.empty();
        } catch (JsonException notJson) {
            // Stray text: the stream's end decides, not this.
            return Optional.empty();
        }
    }
}
