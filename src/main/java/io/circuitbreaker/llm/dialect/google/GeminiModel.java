package io.circuitbreaker.llm.dialect.google;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a model's name tells of what it accepts. */
final class GeminiModel {

    private static final Pattern GENERATION = Pattern.compile("gemini-(\\d{1,3})(?:\\.(\\d{1,3}))?");
    private static final int UNNUMBERED = Integer.MAX_VALUE;
    private static final String UNRESERVED = "-._~";

    private final String name;
    private final int generation;

    GeminiModel(String name) {
        this.name = name;
        this.generation = generation(name);
    }

    /**
     * The resource's path below the API version. A name that is a path of its own keeps its first segment; all else is
     * one segment, so that no name can lead to another of Google's methods.
     */
    String path() {
        for (String collection : new String[] {"models/", "tunedModels/"}) {
            if (name.startsWith(collection)) {
                return collection + encoded(name.substring(collection.length()));
            }
        }
        return "models/" + encoded(name);
    }

    /** Gemini 3 and later, and names without a number, such as {@code gemini-flash-latest}. */
    boolean takesThinkingLevel() {
        return generation >= 30;
    }

    boolean takesThinkingBudget() {
        return generation == 25;
    }

    /** Pro models cannot be told not to think. */
    boolean isPro() {
        return name.contains("-pro");
    }

    /** Pro models and the newest cannot be told to think minimally. */
    boolean takesMinimalThinking() {
        return !isPro() && !isLatest() && (generation <= 36 || generation == UNNUMBERED);
    }

    /** Whether a conversation may end with the model's own turn, for the model to go on with. */
    boolean takesPrefill() {
        boolean newest = generation >= 36 && generation != UNNUMBERED || generation == 35 && name.contains("-flash-lite");
        return !newest && !isLatest();
    }

    private boolean isLatest() {
        return name.endsWith("-latest") && generation == UNNUMBERED;
    }

    /** Ten times the version: 25 for 2.5; 0 for models that are no Gemini. */
    private static int generation(String name) {
        Matcher numbered = GENERATION.matcher(name);
        if (numbered.find()) {
            int minor = numbered.group(2) == null ? 0 : Integer.parseInt(numbered.group(2));
            return 10 * Integer.parseInt(numbered.group(1)) + Math.min(9, minor);
        }
        return name.contains("gemini") ? UNNUMBERED : 0;
    }

    private static String encoded(String segment) {
        StringBuilder out = new StringBuilder(segment.length());
        for (byte b : segment.getBytes(UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (letterOrDigit || UNRESERVED.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append(String.format("%%%02X", (int) c));
            }
        }
        return out.toString();
    }
}
