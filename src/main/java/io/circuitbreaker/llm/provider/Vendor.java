package io.circuitbreaker.llm.provider;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is known without configuration of those who sell models under their own name. A provider of the same name is theirs.
 *
 * @param keyVariables the environment variables that their own SDKs read, the first that is set counts
 * @param models       a current few, for where configuration lists none
 * @param modelNames   what they call their models, of which more come than any list has
 */
public record Vendor(String name, List<String> keyVariables, List<String> models, Pattern modelNames) {

    private static final List<Vendor> ALL = List.of(
            new Vendor("openai", List.of("OPENAI_API_KEY"),
                    List.of("gpt-5.2", "gpt-5.1", "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-4.1", "gpt-4.1-mini", "gpt-4o",
                            "gpt-4o-mini", "o3", "o4-mini"),
                    Pattern.compile("(gpt-|chatgpt-|o\\d).*")),
            new Vendor("anthropic", List.of("ANTHROPIC_API_KEY"),
                    List.of("claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-4-5", "claude-sonnet-4-5",
                            "claude-haiku-4-5"),
                    Pattern.compile("claude-.*")),
            new Vendor("google", List.of("GOOGLE_API_KEY", "GEMINI_API_KEY"),
                    List.of("gemini-3-pro-preview", "gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite"),
                    Pattern.compile("gemini-.*")));

    /** Whose name this is, if anybody's. */
    static Optional<Vendor> named(String name) {
        return ALL.stream().filter(vendor -> vendor.name.equals(name)).findFirst();
    }

    /** Those whose models have such a name. */
    public static Stream<Vendor> ofModel(String model) {
        return ALL.stream().filter(vendor -> vendor.modelNames.matcher(model).matches());
    }

    String baseUrlVariable() {
        return name.toUpperCase(Locale.ROOT) + "_BASE_URL";
    }
}
