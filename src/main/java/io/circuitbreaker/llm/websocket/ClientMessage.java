package io.circuitbreaker.llm.websocket;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.edge.RoutingWishes;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a client says. Its {@code id} names a stream on this socket and is the client's own choice.
 */
sealed interface ClientMessage {

    int LONGEST_ID = 200;

    String id();

    /**
     * @param credit  for how many chunks it is ready from the beginning
     * @param headers those of a request over HTTP that a browser cannot send with a socket, by name in any case
     */
    record Chat(String id, JsonObject request, long credit, Optional<String> session, Optional<String> project,
                Optional<String> grace, Map<String, String> headers) implements ClientMessage {
    }

    /** @param after the number of the last event that it has seen; 0 for none */
    record Resume(String id, String streamId, long after, long credit) implements ClientMessage {
    }

    record Cancel(String id) implements ClientMessage {
    }

    record Credits(String id, long chunks) implements ClientMessage {
    }

    /** @param id may be empty */
    record Ping(String id) implements ClientMessage {
    }

    /** @throws LlmException with {@code InvalidRequest}, naming the member and the rule; no message quotes what was sent */
    static ClientMessage read(String text) {
        JsonObject json = object(text);
        String type = text(json, "type").orElseThrow(() -> invalid("type", "is required and must be a string"));
        return switch (type) {
            case "chat" -> new Chat(id(json), request(json), number(json, "credit", 0, Credit.MOST), text(json, "session_id"),
                    text(json, "project_id"), text(json, "resume_grace"), headers(json));
            case "resume" -> new Resume(id(json), text(json, "stream_id").orElseThrow(
                    () -> invalid("stream_id", "is required and must be a string")),
                    number(json, "after", 0, Long.MAX_VALUE), number(json, "credit", 0, Credit.MOST));
            case "cancel" -> new Cancel(id(json));
            case "credit" -> new Credits(id(json), credits(json));
            case "ping" -> new Ping(text(json, "id").orElse(""));
            default -> throw invalid("type", "must be \"chat\", \"resume\", \"cancel\", \"credit\" or \"ping\"");
        };
    }

    /** The stream that a message is about, where it is readable at all: an error should name it. */
    static String idOf(String text) {
        try {
            return text(JsonText.parseObject(text), "id").filter(id -> id.length() <= LONGEST_ID).orElse("");
        } catch (JsonException | LlmException unreadable) {
            return "";
        }
    }

    private static JsonObject object(String text) {
        try {
            return JsonText.parseObject(text);
        } catch (JsonException e) {
            throw new LlmException(Failure.InvalidRequest.of("",
                    "the message is not one JSON object (" + text.length() + " characters)"));
        }
    }

    private static String id(JsonObject json) {
        return text(json, "id").filter(id -> !id.isEmpty() && id.length() <= LONGEST_ID)
                .orElseThrow(() -> invalid("id", "is required and must be a string of 1 to " + LONGEST_ID + " characters"));
    }

    private static JsonObject request(JsonObject json) {
        if (json.get("request") instanceof JsonObject request) {
            return request;
        }
        throw invalid("request", "is required and must be an object: a body of /v1/chat/completions");
    }

    /** One that is not known would be without effect and nobody would know. */
    private static Map<String, String> headers(JsonObject json) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (!json.containsKey("headers") || json.isNull("headers")) {
            return headers;
        }
        String rule = "must be an object of strings; it may have " + String.join(", ", RoutingWishes.NAMES);
        if (!(json.get("headers") instanceof JsonObject given)) {
            throw invalid("headers", rule);
        }
        given.forEach((name, value) -> {
            if (!(RoutingWishes.NAMES.contains(name) && value instanceof JsonString text)) {
                throw invalid("headers", rule);
            }
            headers.put(name, text.getString());
        });
        return headers;
    }

    private static long credits(JsonObject json) {
        if (!json.containsKey("chunks")) {
            throw invalid("chunks", "is required and must be a whole number from 1 to " + Credit.MOST);
        }
        return number(json, "chunks", 1, Credit.MOST);
    }

    private static Optional<String> text(JsonObject json, String name) {
        if (!json.containsKey(name) || json.isNull(name)) {
            return Optional.empty();
        }
        if (json.get(name) instanceof JsonString text) {
            return Optional.of(text.getString());
        }
        throw invalid(name, "must be a string");
    }

    /** 0 if it is absent. */
    private static long number(JsonObject json, String name, long min, long max) {
        if (!json.containsKey(name) || json.isNull(name)) {
            return 0;
        }
        boolean whole = json.get(name) instanceof JsonNumber number && number.isIntegral()
                && number.bigIntegerValue().bitLength() < Long.SIZE;
        long value = whole ? json.getJsonNumber(name).longValue() : -1;
        if (value < min || value > max) {
            throw invalid(name, "must be a whole number from " + min + " to " + max);
        }
        return value;
    }

    private static LlmException invalid(String name, String rule) {
        return new LlmException(Failure.InvalidRequest.of(name, "'" + name + "' " + rule));
    }
}
