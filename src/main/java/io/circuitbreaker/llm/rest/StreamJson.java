package io.circuitbreaker.llm.rest;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.session.Page;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.StreamStatus;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.time.Duration;

/** Kept streams as JSON for their clients. */
final class StreamJson {

    private StreamJson() {
    }

    static String begun(ReadableStream stream, String path, Duration heartbeatInterval) {
        return head(stream, stream.status()).add("url", path).add("heartbeat_ms", heartbeatInterval.toMillis()).build()
                .toString();
    }

    /** With the text of the first choice as far as its events are still kept. */
    static String state(ReadableStream stream) {
        StreamStatus status = stream.status();
        StringBuilder text = new StringBuilder();
        JsonObjectBuilder json = head(stream, status);
        long at = status.oldestEvent() - 1;
        while (at < status.newestEvent() && page(stream, at) instanceof Page.Events events && !events.data().isEmpty()) {
            events.data().forEach(data -> read(data, text, json));
            at = events.lastId();
        }
        stream.droppedParams().filter(dropped -> !dropped.isEmpty())
                .ifPresent(dropped -> json.add("dropped_params", JSON.createArrayBuilder(dropped)));
        json.add("text", text.toString())
                .add("text_is_whole", status.oldestEvent() <= 1 && at >= status.newestEvent());
        return json.build().toString();
    }

    private static JsonObjectBuilder head(ReadableStream stream, StreamStatus status) {
        JsonObjectBuilder json = JSON.createObjectBuilder().add("id", stream.info().id()).add("object", "stream")
                .add("created", stream.info().createdAt().getEpochSecond()).add("model", stream.info().model())
                .add("state", status.state().word()).add("last_event_id", status.newestEvent());
        stream.info().session().ifPresent(session -> json.add("session_id", session));
        return json;
    }

    /** What follows an event, without waiting for it. */
    static Page page(ReadableStream stream, long at) {
        try {
            return stream.after(at, Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LlmException(new Failure.Cancelled("the server is shutting down"), e);
        }
    }

    private static void read(String data, StringBuilder text, JsonObjectBuilder json) {
        if (!data.startsWith("{")) {
            return;
        }
        JsonObject event = JsonText.parseObject(data);
        if (event.get("error") instanceof JsonObject error) {
            json.add("error", error);
        }
        if (event.get("usage") instanceof JsonObject usage) {
            json.add("usage", usage);
        }
        JsonArray choices = event.get("choices") instanceof JsonArray list ? list : JsonValue.EMPTY_JSON_ARRAY;
        for (JsonValue value : choices) {
            JsonObject choice = value.asJsonObject();
            if (choice.getInt("index", 0) == 0 && choice.get("delta") instanceof JsonObject delta) {
                text.append(delta.getString("content", ""));
            }
        }
    }
}
