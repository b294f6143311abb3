package io.circuitbreaker.llm.dialect.anthropic;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What of a request could not be expressed, in the client's own names. */
final class DroppedParams {

    private final SortedSet<String> names = new TreeSet<>();

    void add(String name) {
        names.add(name);
    }

    /** Each once, in alphabetical order. */
    List<String> names() {
        return List.copyOf(names);
    }
}
