package io.circuitbreaker.llm.edge;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.routing.TacticsReader;
import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** The request's headers that wish for a way: they go with any client, whatever its SDK lets it put into a body. */
public final class RoutingWishes {

    private static final Map<String, String> HEADERS = Map.of(TacticsReader.RECOVERY, "X-LLM-Recovery",
            TacticsReader.HEDGE_AFTER, "X-LLM-Hedge-After", TacticsReader.RACE, "X-LLM-Race", TacticsReader.PARALLEL,
            "X-LLM-Parallel");
    /** Of the headers, in whatever case. */
    public static final SortedSet<String> NAMES = names();

    private RoutingWishes() {
    }

    /**
     * @param header looks one up; null if it is absent
     * @throws LlmException with {@code InvalidRequest} that names the header, the value and the rule
     */
    static Tactics tactics(UnaryOperator<String> header) {
        try {
            return new TacticsReader(name -> text(header.apply(HEADERS.get(name))), HEADERS::get).read();
        } catch (IllegalArgumentException e) {
            throw new LlmException(Failure.InvalidRequest.of("", "the header " + e.getMessage()), e);
        }
    }

    private static SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(HEADERS.values());
        return Collections.unmodifiableSortedSet(names);
    }

    private static String text(String value) {
        return value == null ? "" : HeaderText.clean(value.strip());
    }
}
