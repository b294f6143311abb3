package io.circuitbreaker.llm.session.redis;

import java.util.List;

/** The names of what is in Redis. */
final class Keys {

    static final String NODE = "llm:node:";

    private static final String STREAM = "llm:stream:";

    private Keys() {
    }

    static String events(String stream) {
        return STREAM + stream;
    }

    static String info(String stream) {
        return STREAM + stream + ":info";
    }

    /** Its events, and its info. */
    static List<String> stream(String id) {
        return List.of(events(id), info(id));
    }

    /** Its sign of life, its readers elsewhere, and what it shall cancel. */
    static List<String> node(String id) {
        return List.of(NODE + id, NODE + id + ":readers", NODE + id + ":cancels");
    }
}
