package io.circuitbreaker.llm.provider;

import static java.util.stream.Collectors.toSet;

import io.circuitbreaker.llm.dialect.Dialect;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A {@link Rehearsal} of each language that the server's providers speak; of all, if it has none that speaks any. */
@Dependent
public class Rehearsals {

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
     * @throws IOException if there is no port for one on the loopback address
     */
    public List<Rehearsal> begin() throws IOException {
        Set<String> spoken = providers.remote().map(RemoteProvider::dialect).collect(toSet());
        for (Dialect language : dialects) {
            if (spoken.isEmpty() || spoken.contains(language.name())) {
                Rehearsal rehearsal = beans.get();
                begun.add(rehearsal);
                rehearsal.begin(language);
            }
        }
        return List.copyOf(begun);
    }

    /** Ends those that have begun. */
    public void end() {
        begun.forEach(beans::destroy);
        begun.clear();
    }
}
