package io.circuitbreaker.llm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SweeperTest {

    @Test
    void aPartThatFailsStopsNeitherTheOtherNorTheNextTime() {
        AtomicInteger swept = new AtomicInteger();
        StreamingManager failing = new StreamingManager(StreamingConfig.DEFAULTS, System::nanoTime) {
            @Override
            void expire() {
                throw new IllegalStateException("as if sessions could not be looked at");
            }
        };
        LiveStreams streams = new LiveStreams(null) {
            @Override
            void sweep() {
                swept.incrementAndGet();
                throw new AssertionError("as if streams could not be looked at");
            }
        };
        Sweeper sweeper = new Sweeper(failing, streams);
        assertThatCode(sweeper::sweep).doesNotThrowAnyException();
        assertThatCode(sweeper::sweep).doesNotThrowAnyException();
        assertThat(swept).hasValue(2);
    }
}
