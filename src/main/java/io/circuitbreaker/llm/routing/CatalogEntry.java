package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.TaskType;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is known of a model. Each part may be absent, and of that nothing is known: nobody is refused for it.
 *
 * @param id              {@code provider/model}, or a model's plain name, whoever serves it
 * @param vendor          who made it
 * @param contextWindow   how many tokens prompt and answer may have together
 * @param maxOutputTokens how many tokens an answer may have
 * @param abilities       those it has; what is not named here it lacks
 * @param tasks           what it is a good choice for, its price considered
 */
public record CatalogEntry(String id, Optional<String> vendor, OptionalLong contextWindow, OptionalLong maxOutputTokens,
                           Optional<Prices> prices, Optional<Set<Ability>> abilities, Set<TaskType> tasks,
                           Optional<Tier> tier) {

    /** How strong a model is, which is also how slow and dear, beside others of its vendor and time. */
    public enum Tier {
        TOP,
        MIDDLE,
        SMALL
    }

    public CatalogEntry {
        abilities = abilities.map(Set::copyOf);
        tasks = Set.copyOf(tasks);
    }

    /** Whether it is known to have the ability. */
    boolean has(Ability ability) {
        return abilities.isPresent() && abilities.get().contains(ability);
    }

    /** Whether it is known not to have the ability. */
    boolean lacks(Ability ability) {
        return abilities.isPresent() && !abilities.get().contains(ability);
    }
}
