package io.circuitbreaker.llm.testing;

import jakarta.json.spi.JsonProvider;

/**
 * What the three vendors' events have in common. The quoting is not the router's own, which would hide its own faults.
 */
final class EventText {

    /** The prompt's size that whole answers report. */
    static final int PROMPT_TOKENS = 5;
    static final String MODEL = "fake-model";

    private static final JsonProvider JSON = JsonProvider.provider();

    private EventText() {
    }

    static String data(String json) {
        return "data: " + json + "\n\n";
    }

    static String named(String event, String json) {
        return "event: " + event + "\n" + data(json);
    }

    static String quoted(String text) {
        return JSON.createValue(text).toString();
    }
}
