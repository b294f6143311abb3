package io.circuitbreaker.llm.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamEndTest {

    private static String outcome(Optional<Failure> failure) {
        return new StreamEnd("test", Optional.empty(), Duration.ZERO, failure).outcome();
    }

    @Test
    void theOutcomeIsOneWord() {
        assertThat(outcome(Optional.empty())).isEqualTo("complete");
        assertThat(outcome(Optional.of(new Failure.ClientGone("m")))).isEqualTo("client_gone");
        assertThat(outcome(Optional.of(new Failure.DeadlineExceeded("m", Deadline.IDLE))))
                .isEqualTo("deadline_exceeded");
        assertThat(outcome(Optional.of(new Failure.Malformed("m")))).isEqualTo("malformed");
    }
}
