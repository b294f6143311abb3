package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.routing.RoutedStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PumpTest {

    /** What comes is said by the test; the stream waits without a thread where it may. */
    private final class Stream implements ChunkStream {

        private final Queue<String> arrived = new ArrayDeque<>();
        private boolean waits = true;
        private boolean ended;
        private int upcoming;
        private Runnable word;
        private Failure failure;
        private StreamingChunk chunk;

        @Override
        public StreamHead head() {
            return new StreamHead("id", 1, "model", "provider");
        }

        @Override
        public List<String> droppedParams() {
            return List.of();
        }

        @Override
        public boolean advance() {
            if (arrived.isEmpty() && upcoming > 0) {
                upcoming--;
                arrived.add("x");
            }
            if (arrived.isEmpty() && !ended) {
                throw new AssertionError("a thread would wait");
            }
            if (arrived.isEmpty() && failure != null) {
                throw new LlmException(failure);
            }
            chunk = arrived.isEmpty() ? null : StreamingChunk.of(Delta.content(arrived.remove()));
            return chunk != null;
        }

        @Override
        public boolean hasNext() {
            return !arrived.isEmpty() || ended;
        }

        @Override
        public boolean whenReady(Runnable action) {
            boolean left = waits && !hasNext();
            word = left ? action : null;
            return left;
        }

        @Override
        public StreamingChunk chunk() {
            return chunk;
        }

        @Override
        public void adopt() {
            steps.add("adopted");
        }

        @Override
        public void close() {
            steps.add("closed");
        }

        void arrive(String... texts) {
            arrived.addAll(List.of(texts));
            Runnable told = word;
            word = null;
            told.run();
        }
    }

    private final class Client implements Outlet {

        private boolean shares = true;
        private boolean gone;
        private long flushNanos;

        @Override
        public void begin(RoutedStream answer) {
        }

        @Override
        public boolean sharesThreads() {
            return shares;
        }

        @Override
        public void chunk(StreamingChunk chunk) {
            if (gone) {
                throw new LlmException(new Failure.ClientGone("the client went away"));
            }
            steps.add(chunk.choices().getFirst().delta().content());
        }

        @Override
        public void flush() {
            now += flushNanos;
            steps.add("flush");
        }

        @Override
        public void complete() {
        }

        @Override
        public void fail(LlmException why) {
        }
    }

    private final class Host implements Pump.Host {

        @Override
        public void atRest() {
            steps.add("rest");
        }

        @Override
        public void goOn(Pump next) {
            steps.add("go on");
        }

        @Override
        public void conclude(Optional<RuntimeException> failed) {
        }
    }

    private long now;
    private final List<String> steps = new ArrayList<>();
    private final Queue<StreamWorkers.Work> submitted = new ArrayDeque<>();
    private final StreamWorkers workers = new StreamWorkers(new Watchdog(), 0, () -> now) {

        @Override
        public void submit(Work work) {
            submitted.add(work);
        }
    };
    private final Stream stream = new Stream();
    private final Client client = new Client();
    private final Pump pump = new Pump(stream, client, workers, new Host());

    private List<String> steps() {
        List<String> since = List.copyOf(steps);
        steps.clear();
        return since;
    }

    /** Until nothing more has come. */
    private void leave() {
        stream.arrived.add("first");
        assertThat(pump.pump()).isFalse();
        steps.clear();
    }

    @Test
    void itsOwnThreadLeavesWhenNothingMoreHasCome() {
        stream.arrived.addAll(List.of("a", "b"));
        assertThat(pump.pump()).isFalse();
        assertThat(steps()).containsExactly("adopted", "a", "b", "flush", "rest");
        assertThat(submitted).isEmpty();
    }

    @Test
    void whatComesIsDeliveredOnASharedThreadInOneFlush() {
        leave();
        stream.arrive("a", "b");
        assertThat(steps()).as("nothing on the thread that tells").isEmpty();
        submitted.remove().run();
        assertThat(steps()).containsExactly("a", "b", "flush", "rest");

        stream.arrive("c");
        submitted.remove().run();
        assertThat(steps()).containsExactly("c", "flush", "rest");
        assertThat(submitted).isEmpty();
    }

    @Test
    @DisplayName("The end is for a thread that can wait, and so is a failure")
    void theEnd() {
        leave();
        stream.ended = true;
        stream.arrive("last");
        submitted.remove().run();
        assertThat(steps()).containsExactly("last", "flush", "rest", "go on");
        assertThat(pump.pump()).isTrue();
        assertThat(steps()).containsExactly("adopted");
    }

    @Test
    void aFailureComesAfterWhatWasSaid() {
        leave();
        stream.ended = true;
        stream.failure = new Failure.ClosedEarly("cut");
        stream.arrive("last");
        submitted.remove().run();
        assertThat(steps()).startsWith("last").endsWith("go on");
        assertThatThrownBy(pump::pump).isInstanceOfSatisfying(LlmException.class,
                failed -> assertThat(failed.failure()).isEqualTo(stream.failure));
    }

    @Test
    void aClientThatIsGoneIsToldOnTheOtherThread() {
        leave();
        client.gone = true;
        stream.arrive("a");
        submitted.remove().run();
        assertThat(steps()).containsExactly("go on");
        assertThatThrownBy(pump::pump).isInstanceOfSatisfying(LlmException.class,
                failed -> assertThat(failed.failure()).isInstanceOf(Failure.ClientGone.class));
    }

    @Test
    @DisplayName("T19: who has held up a shared thread has its own from then on")
    void whoHoldsUp() {
        leave();
        pump.heldUp();
        stream.arrive("a");
        submitted.remove().run();
        assertThat(steps()).containsExactly("a", "flush", "rest", "go on");
        stream.ended = true;
        stream.arrived.add("b");
        assertThat(pump.pump()).isTrue();
        assertThat(steps()).containsExactly("adopted", "b");
    }

    /** So many tokens, one at a time, on the thread of its own; returns whether it leaves that after the last. */
    private boolean leavesItsThreadAfter(int tokens) {
        stream.upcoming = tokens - 1;
        stream.arrived.add("x");
        stream.ended = false;
        try {
            return !pump.pump();
        } catch (AssertionError waitsWithAThread) {
            assertThat(waitsWithAThread).hasMessage("a thread would wait");
            return false;
        }
    }

    @Test
    @DisplayName("T19: who has held up a shared thread may have one again when it has been quick for a while")
    void whoWasInnocent() {
        leave();
        pump.heldUp();
        assertThat(leavesItsThreadAfter(Probation.FIRST - 1)).isFalse();
        client.flushNanos = Probation.QUICK_NANOS;
        assertThat(leavesItsThreadAfter(1)).as("after a wait all begins anew").isFalse();
        client.flushNanos = 0;
        assertThat(leavesItsThreadAfter(Probation.FIRST - 1)).isFalse();
        assertThat(leavesItsThreadAfter(1)).isTrue();
        stream.arrive("a");
        submitted.remove().run();
        assertThat(steps()).endsWith("a", "flush", "rest");

        pump.heldUp();
        assertThat(leavesItsThreadAfter(2 * Probation.FIRST - 1)).as("the second time it takes twice as long").isFalse();
        assertThat(leavesItsThreadAfter(1)).isTrue();
    }

    @Test
    @DisplayName("What came while the last was delivered has to wait for the others' turn")
    void moreHasCome() {
        leave();
        stream.arrive("a");
        stream.waits = false;
        submitted.remove().run();
        assertThat(steps()).containsExactly("a", "flush", "rest");
        assertThat(submitted).containsExactly(pump);
    }

    @Test
    @DisplayName("Told, but there is nothing and no waiting without a thread: it is waited for with one")
    void nothingHasCome() {
        leave();
        stream.waits = false;
        stream.arrive();
        submitted.remove().run();
        assertThat(steps()).containsExactly("go on");
    }

    @Test
    void anOutletThatMayWaitKeepsTheThread() {
        client.shares = false;
        stream.arrived.add("a");
        assertThatThrownBy(pump::pump).isInstanceOf(AssertionError.class).hasMessage("a thread would wait");
        assertThat(stream.word).isNull();
    }

    @Test
    @DisplayName("T43: what is read in the stead of a thread that is held up does not wait for what follows it")
    void readingOn() {
        stream.arrived.addAll(List.of("a", "b"));
        assertThat(pump.readOn(() -> !stream.arrived.isEmpty())).isTrue();
        assertThat(steps()).startsWith("adopted", "a", "b", "flush", "rest").doesNotContain("closed");
    }

    @Test
    @DisplayName("T43: who is to stop reading on leaves nothing unsent, though more is ready")
    void readingOnStops() {
        stream.arrived.addAll(List.of("a", "b"));
        assertThat(pump.readOn(() -> stream.arrived.size() > 1)).isTrue();
        assertThat(steps()).containsExactly("adopted", "a", "flush");
    }

    @Test
    void whoFailsWhileItReadsItselfIsNotReadOn() {
        stream.ended = true;
        stream.failure = new Failure.ClosedEarly("cut");
        assertThatThrownBy(pump::pump).isInstanceOf(LlmException.class);
        stream.arrived.add("of a stream that is closed by now");

        assertThat(pump.readOn(() -> true)).isFalse();
        assertThat(stream.arrived).hasSize(1);
    }
}
