package io.circuitbreaker.llm.websocket;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.JsonText;
import java.util.List;

/** What a client is told: the events of its streams, and what belongs to the socket. Text is put together, not built. */
final class ServerMessage {

    private static final String DONE = "[DONE]";
    /** How the one event with usage ends; no other has it without a choice. */
    private static final String USAGE = "\"choices\":[],\"usage\":";

    private ServerMessage() {
    }

    /** A chunk needs credit, whatever else there is does not. */
    static boolean isChunk(String data) {
        return !data.equals(DONE) && !isError(data) && usageAt(data) < 0;
    }

    /** Whether nothing of its stream follows. */
    static boolean isLast(String data) {
        return data.equals(DONE) || isError(data);
    }

    /** An event of a stream. */
    static String of(String id, long seq, String data) {
        if (data.equals(DONE)) {
            return head("done", id, seq).append('}').toString();
        }
        if (isError(data)) {
            return head("error", id, seq).append(',').append(data, 1, data.length()).toString();
        }
        int usage = usageAt(data);
        if (usage >= 0) {
            return head("usage", id, seq).append(",\"usage\":").append(data, usage, data.length()).toString();
        }
        return chunk(id, seq, List.of(), data);
    }

    /** @param droppedParams what the provider leaves out of the request, if that is to be said with this chunk */
    static String chunk(String id, long seq, List<String> droppedParams, String data) {
        StringBuilder json = head("chunk", id, seq);
        if (!droppedParams.isEmpty()) {
            json.append(",\"dropped_params\":").append(JSON.createArrayBuilder(droppedParams).build());
        }
        return json.append(",\"chunk\":").append(data).append('}').toString();
    }

    private static boolean isError(String data) {
        return data.startsWith("{\"error\":");
    }

    /** Where the usage begins, to the end of the event; negative if there is none. */
    private static int usageAt(String data) {
        int at = data.lastIndexOf(USAGE);
        return at < 0 ? -1 : at + USAGE.length();
    }

    /** The stream is on its way, and this is its name for a resume. */
    static String started(String id, String streamId, long credit) {
        StringBuilder json = JsonText.quote(new StringBuilder("{\"type\":\"started\",\"id\":"), id);
        return JsonText.quote(json.append(",\"stream_id\":"), streamId).append(",\"credit\":").append(credit).append('}')
                .toString();
    }

    /** @param error as {@code {"error":{…}}} */
    static String error(String id, String error) {
        StringBuilder json = new StringBuilder("{\"type\":\"error\"");
        if (!id.isEmpty()) {
            JsonText.quote(json.append(",\"id\":"), id);
        }
        return json.append(',').append(error, 1, error.length()).toString();
    }

    static String pong(String id) {
        return id.isEmpty() ? "{\"type\":\"pong\"}"
                : JsonText.quote(new StringBuilder("{\"type\":\"pong\",\"id\":"), id).append('}').toString();
    }

    private static StringBuilder head(String type, String id, long seq) {
        StringBuilder json = new StringBuilder(256).append("{\"type\":\"").append(type).append("\",\"id\":");
        return JsonText.quote(json, id).append(",\"seq\":").append(seq);
    }
}
