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

    /** The first JSON object in the lines, if it has, or is the value of, an {@code error} that is not null. */
    public Optional<JsonObject> error() {
        int brace = lines.indexOf("{");
        if (brace < 0) {
            return Optional.empty();
        }
        try {
            // What follows the object, such as the same error once more, makes it no less of an error.
            JsonObject whole = JsonText.parseObject(new JsonCursor(lines.substring(brace)).raw());
            boolean named = lines.substring(0, brace).strip().equals("error:");
            boolean isError = named || whole.containsKey("error") && !whole.isNull("error");
            return isError ? Optional.of(whole) : Optional.empty();
        } catch (JsonException | MalformedChunkException notJson) {
            // Stray text: the stream's end decides, not this.
            return Optional.empty();
        }
    }
}
