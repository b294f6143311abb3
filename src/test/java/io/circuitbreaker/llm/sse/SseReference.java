package io.circuitbreaker.llm.sse;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/**
 * The grammar once more, written down as the standard words it and without a thought for speed or for pieces: decode
 * the whole body, take the lines apart, interpret them one by one (WHATWG HTML sections 9.2.5 and 9.2.6).
 */
final class SseReference {

    private final List<SseEvent> events = new ArrayList<>();
    private final StringBuilder dataBuffer = new StringBuilder();
    private String typeBuffer = "";
    private String idBuffer = "";
    private String lastEventId = "";

    private SseReference() {
    }

    static List<SseEvent> events(byte[] body) {
        String text = new String(body, UTF_8);
        SseReference reference = new SseReference();
        String[] lines = (text.startsWith("\uFEFF") ? text.substring(1) : text).split("\r\n|\n|\r", -1);
        // What stands behind the last line end is no line.
        for (int i = 0; i < lines.length - 1; i++) {
            reference.interpret(lines[i]);
        }
        return reference.events;
    }

    private void interpret(String line) {
        int colon = line.indexOf(':');
        if (line.isEmpty()) {
            dispatch();
        } else if (colon > 0) {
            String value = line.substring(colon + 1);
            process(line.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
        } else if (colon < 0) {
            process(line, "");
        }
    }

    private void process(String field, String value) {
        switch (field) {
            case "event" -> typeBuffer = value;
            case "data" -> dataBuffer.append(value).append('\n');
            case "id" -> idBuffer = value.contains("\0") ? idBuffer : value;
            default -> {
                // Reconnection times and unknown fields make no events.
            }
        }
    }

    private void dispatch() {
        lastEventId = idBuffer;
        if (!dataBuffer.isEmpty()) {
            String data = dataBuffer.substring(0, dataBuffer.length() - 1);
            events.add(new SseEvent(typeBuffer.isEmpty() ? "message" : typeBuffer, data, lastEventId));
        }
        dataBuffer.setLength(0);
        typeBuffer = "";
    }
}
