package io.circuitbreaker.llm;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.provider.Providers;
import io.circuitbreaker.llm.rest.WarmUp;
import io.circuitbreaker.llm.edge.EdgeConfig;
import io.circuitbreaker.llm.routing.LlmRouter;
import io.circuitbreaker.llm.session.StreamingConfig;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReadmeTest {

    /** A provider's name that stands for all names. */
    private static final String ANY_PROVIDER = "any";

    static Stream<String> keys() {
        return Stream.of(Providers.keys(onlyProvider(ANY_PROVIDER)).stream(),
                        LlmRouter.keys(onlyProvider(ANY_PROVIDER)).stream(), EdgeConfig.KEYS.stream(),
                        StreamingConfig.KEYS.stream().map(key -> StreamingConfig.PREFIX + key), Stream.of(WarmUp.KEY))
                .flatMap(keys -> keys)
                .map(key -> key.replace(".provider." + ANY_PROVIDER + ".", ".provider.<name>."));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void tellsOfEverySettingByKeyAndByEnvironmentVariable(String key) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String variable = key.replaceAll("[^A-Za-z0-9<>]", "_").toUpperCase(Locale.ROOT);

        assertThat(readme).contains("| `" + key + "` | `" + variable + "` |");
    }

    @Test
    void itsLinksLeadToItsHeadings() throws IOException {
        String readme = Files.readString(Path.of("README.md"));

        assertThat(found("\\]\\(#([^)]+)\\)", readme)).isNotEmpty()
                .isSubsetOf(found("(?m)^#+ (.+)$", readme).map(ReadmeTest::anchor).toList());
    }

    private static Stream<String> found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1));
    }

    /** As GitHub makes it of a heading. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
    }

    private static Config onlyProvider(String name) {
        return (Config) Proxy.newProxyInstance(Config.class.getClassLoader(), new Class<?>[] {Config.class},
                (_, method, arguments) -> switch (method.getName()) {
                    case "getOptionalValue" -> Optional.of(name).filter(_ -> arguments[0].equals("llm.providers"));
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
