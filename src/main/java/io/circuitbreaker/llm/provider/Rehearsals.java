package io.circuitbreaker.llm.provider;

import static java.util.stream.Collectors.toSet;

import io.circuitbreaker.llm.dialect.Dialect;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** A {@link Rehearsal} of each language that the server's providers speak; of all, if it has none that speaks any. */
@Dependent
public class Rehearsals {

    /** Most calls go the way that they go in life. */
    private static final int SHARE = 6;

    private final Providers providers;
    private final Instance<Dialect> dialects;
    private final Instance<Rehearsal> beans;
    private final List<Rehearsal> begun = new ArrayList<>();

    @Inject
    public Rehearsals(Providers providers, @Any Instance<Dialect> dialects, Instance<Rehearsal> beans) {
        this.providers = providers;
        this.dialects = dialects;
        this.beans = beans;
    }

    /**
     * Begins them. For one thread, as is {@link #end}.
     *
     * @return whom to ask in turn; some more than once
     * @throws IOException if there is no port for one on the loopback address
     */
    public List<LlmProvider> begin() throws IOException {
        List<LlmProvider> turns = new ArrayList<>();
        Set<String> spoken = providers.remote().map(RemoteProvider::dialect).collect(toSet());
        for (Dialect language : dialects) {
            if (spoken.isEmpty() || spoken.contains(language.name())) {
                Rehearsal rehearsal = beans.get();
                begun.add(rehearsal);
                rehearsal.begin(language);
                turns.addAll(Collections.nCopies(SHARE, rehearsal));
                turns.addAll(rehearsal.understudies());
            }
        }
        return turns;
    }

    /** Ends those that have begun. */
    public void end() {
        begun.forEach(beans::destroy);
        begun.clear();
    }
}
