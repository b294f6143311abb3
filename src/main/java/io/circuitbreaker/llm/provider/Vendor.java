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
                    List.of("gpt-6.2-astra", "gpt-6.2-sol", "gpt-6.1-terra", "gpt-6-luna", "gpt-5.4", "gpt-5.4-mini",
                            "gpt-5.2", "gpt-5.1", "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-4.1", "gpt-4.1-mini", "gpt-4o",
                            "gpt-4o-mini", "o3"),
                    Pattern.compile("(gpt-|chatgpt-|o\\d).*")),
            new Vendor("anthropic", List.of("ANTHROPIC_API_KEY"),
                    List.of("claude-fable-5-2", "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5",
                            "claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-4-5", "claude-sonnet-4-5",
                            "claude-haiku-4-5"),
                    Pattern.compile("claude-.*")),
            new Vendor("google", List.of("GOOGLE_API_KEY", "GEMINI_API_KEY"),
                    List.of("gemini-4-carbon", "gemini-4-neon", "gemini-4-hydrogen", "gemini-3.8-flash",
                            "gemini-3.5-flash-lite", "gemini-3.1-pro-preview", "gemini-2.5-pro", "gemini-2.5-flash",
                            "gemini-2.5-flash-lite"),
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
