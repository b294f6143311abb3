package io.circuitbreaker.llm.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MicroDollarsTest {

    private final MicroDollars sum = new MicroDollars();

    private long add(String dollars) {
        return sum.add(new BigDecimal(dollars));
    }

    @Test
    void whatIsBelowOneIsKeptForTheNext() {
        assertThat(IntStream.range(0, 10).mapToLong(_ -> add("0.00000025")).toArray())
                .containsExactly(0, 0, 0, 1, 0, 0, 0, 1, 0, 0);
        assertThat(add("1.0000005")).isEqualTo(1_000_001);
    }

    @Test
    void nothingIsNothing() {
        assertThat(add("0")).isZero();
    }
}
