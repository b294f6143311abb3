package io.circuitbreaker.llm.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.Role;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstructionsTest {

    /** Each letter is a message: system, user, assistant or tool; those that are turns are in capitals. */
    @ParameterizedTest
    @CsvSource({"su", "sus", "s", "aS", "uaS", "uaSS", "uasu", "uaSau", "uaSSa", "uaSaS", "uast", "suaSa"})
    void anInstructionBetweenTwoAnswersIsATurn(String wanted) {
        List<ChatMessage> messages = wanted.toLowerCase(Locale.ROOT).chars()
                .mapToObj(letter -> ChatMessage.of(role(letter), "x")).toList();
        String found = IntStream.range(0, wanted.length()).mapToObj(i -> {
            String letter = wanted.substring(i, i + 1).toLowerCase(Locale.ROOT);
            return Instructions.isTurn(messages, i) ? letter.toUpperCase(Locale.ROOT) : letter;
        }).reduce("", String::concat);
        assertThat(found).isEqualTo(wanted);
    }

    private static Role role(int letter) {
        return switch (letter) {
            case 's' -> Role.SYSTEM;
            case 'u' -> Role.USER;
            case 'a' -> Role.ASSISTANT;
            default -> Role.TOOL;
        };
    }
}
