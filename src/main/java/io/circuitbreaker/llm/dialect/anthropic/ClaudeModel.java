package io.circuitbreaker.llm.dialect.anthropic;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model takes, by the version in its name ({@code claude-opus-4-6}, {@code claude-3-7-sonnet-20250219}, also
 * inside of longer names). A Claude without a version counts as the newest; a model that is no Claude is another
 * vendor's that speaks this language, and those have stayed with what Claude 4 took.
 */
final class ClaudeModel {

    /** How reasoning is asked for. */
    enum Thinking {
        /** Before 3.7: not at all. */
        NONE,
        /** Before 4.6: with a number of tokens. */
        BUDGET,
        /** From 4.6: the model decides how much, once it is asked to. */
        ON_REQUEST,
        /** 5, and Haiku 5.5: it does so unless told not to. */
        BY_DEFAULT,
        /** Sonnet 5.5: it can be told to do so between calls of tools only. */
        BETWEEN_TOOLS,
        /** Fable, Mythos, and everything else after 5: it cannot be told not to. */
        ALWAYS
    }

    private static final Pattern VERSION = Pattern.compile("claude-(?:[a-z]+-)?(\\d{1,2})(?:[-.](\\d{1,2}))?(?!\\d)");

    /** As if it were the newest of all. */
    private static final int UNNUMBERED = Integer.MAX_VALUE;

    private final String name;
    private final boolean claude;
    private final boolean alwaysThinks;
    private final int version;

    private ClaudeModel(String name) {
        this.name = name;
        claude = name.contains("claude");
        alwaysThinks = claude && (name.contains("fable") || name.contains("mythos"));
        version = claude ? versionIn(name) : version(4, 0);
    }

    static ClaudeModel named(String model) {
        return new ClaudeModel(model.toLowerCase(Locale.ROOT));
    }

    private static int versionIn(String name) {
        Matcher matcher = VERSION.matcher(name);
        if (!matcher.find()) {
            return UNNUMBERED;
        }
        String minor = matcher.group(2);
        return version(Integer.parseInt(matcher.group(1)), minor == null ? 0 : Integer.parseInt(minor));
    }

    private static int version(int major, int minor) {
        return 100 * major + minor;
    }

    Thinking thinking() {
        if (alwaysThinks || version > version(5, 0)) {
            return alwaysThinks || version != version(5, 5) ? Thinking.ALWAYS : thinkingOf55();
        }
        if (version == version(5, 0)) {
            return Thinking.BY_DEFAULT;
        }
        if (version >= version(4, 6)) {
            return Thinking.ON_REQUEST;
        }
        return version >= version(3, 7) ? Thinking.BUDGET : Thinking.NONE;
    }

    private Thinking thinkingOf55() {
        if (name.contains("haiku")) {
            return Thinking.BY_DEFAULT;
        }
        return name.contains("sonnet") ? Thinking.BETWEEN_TOOLS : Thinking.ALWAYS;
    }

    /** After 4.6, a temperature, top_p or top_k other than the default is refused. */
    boolean takesSampling() {
        return !alwaysThinks && version <= version(4, 6);
    }

    /** From 4.1 on, temperature and top_p together are refused. */
    boolean takesTemperatureWithTopP() {
        return !claude || version < version(4, 1);
    }

    /** After 4.6, reasoning is left out of the answer unless its summary is asked for. */
    boolean hidesThinking() {
        return alwaysThinks || version > version(4, 6);
    }

    /** From 4.6 on, a conversation has to end with the user. */
    boolean takesPrefill() {
        return !alwaysThinks && version < version(4, 6);
    }

    /** {@code xhigh} came after 4.6. */
    boolean knowsExtraHighEffort() {
        return hidesThinking();
    }

    /** Tools whose input is held to their schema came with 4.5. */
    boolean takesStrictTools() {
        return claude && version >= version(4, 5);
    }

    /** After 5, reasoning is taken back only where nothing before it has changed. */
    boolean bindsReasoning() {
        return version > version(5, 0) && version != UNNUMBERED;
    }

    /** After 5, none but Haiku lets itself be made to call a tool. What has no number is somebody's own name for any. */
    boolean takesForcedTool() {
        boolean anyOfThem = version == UNNUMBERED && !name.contains("mythos");
        return version <= version(5, 0) || version == version(5, 5) && name.contains("haiku") || anyOfThem;
    }

    /** Before 3.5 no model wrote more than 4096 tokens, and more than a model can write is refused. */
    boolean writesShortAnswers() {
        return version < version(3, 5);
    }
}
