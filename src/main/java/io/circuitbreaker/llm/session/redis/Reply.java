package io.circuitbreaker.llm.session.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Redis' replies, which are bytes, whole numbers and lists of them. */
final class Reply {

    private Reply() {
    }

    static String text(Object reply) {
        return new String((byte[]) reply, UTF_8);
    }

    static List<?> list(Object reply) {
        return (List<?>) reply;
    }

    /** Of a list in which each name is followed by its value. */
    static Map<String, String> map(Object reply) {
        List<?> list = list(reply);
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < list.size(); i += 2) {
            map.put(text(list.get(i)), text(list.get(i + 1)));
        }
        return map;
    }

    /** The number of an entry, whose id is {@code <number>-<0 or 1>}. */
    static long number(String entryId) {
        return Long.parseLong(entryId.substring(0, entryId.indexOf('-')));
    }
}
