package io.circuitbreaker.llm.session;

import java.util.List;
import org.eclipse.microprofile.config.Config;

/** How many streams may be open at once: in all, for one user, for one project. One more is refused with 429. */
public record StreamLimits(int all, int perUser, int perProject) {

    static final int LARGEST = 999_999_999;
    static final List<String> KEYS = List.of("max-concurrent-streams", "max-concurrent-streams-per-user",
            "max-concurrent-streams-per-project");
    static final StreamLimits DEFAULTS = new StreamLimits(1000, LARGEST, LARGEST);

    static final String ALL = Settings.PREFIX + "max-concurrent-streams";
    static final String PER_USER = Settings.PREFIX + "max-concurrent-streams-per-user";
    static final String PER_PROJECT = Settings.PREFIX + "max-concurrent-streams-per-project";

    static StreamLimits load(Config config) {
        Settings settings = new Settings(config);
        return new StreamLimits(settings.number("max-concurrent-streams", DEFAULTS.all, 1, LARGEST),
                settings.number("max-concurrent-streams-per-user", DEFAULTS.perUser, 1, LARGEST),
                settings.number("max-concurrent-streams-per-project", DEFAULTS.perProject, 1, LARGEST));
    }
}
