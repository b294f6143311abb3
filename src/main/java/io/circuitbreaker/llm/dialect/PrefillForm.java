package io.circuitbreaker.llm.dialect;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a configured server is told that the conversation ends with the beginning of its own answer. */
public enum PrefillForm {
    /** It cannot be told. */
    NONE,
    /** By nothing but the role of the last message. */
    ASSISTANT,
    /** As vLLM and SGLang are: {@code continue_final_message}, and no {@code add_generation_prompt}. */
    CONTINUE_FINAL_MESSAGE,
    /** As Mistral and DeepSeek are: {@code prefix} in the last message. */
    PREFIX;

    /** As configuration writes it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<PrefillForm> of(String word) {
        return Arrays.stream(values()).filter(form -> form.word().equals(word)).findFirst();
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(PrefillForm::word).toList();
    }

    /** Whether there is a member for it, which only servers of OpenAI's dialect know. */
    public boolean hasMember() {
        return this == CONTINUE_FINAL_MESSAGE || this == PREFIX;
    }
}
