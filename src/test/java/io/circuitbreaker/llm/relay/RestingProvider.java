package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.ProviderCall;
import io.circuitbreaker.llm.provider.StubProvider;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Gives the answer of another, whose first chunk has come; each further one, and the end, comes when the test says. */
final class RestingProvider implements LlmProvider {

    private final class Stream implements ChunkStream {

        private final ChunkStream answer;
        private final AtomicReference<Runnable> word = new AtomicReference<>();
        private volatile boolean arrived = true;

        Stream(ChunkStream answer) {
            this.answer = answer;
        }

        @Override
        public StreamHead head() {
            return answer.head();
        }

        @Override
        public List<String> droppedParams() {
            return answer.droppedParams();
        }

        @Override
        public boolean advance() {
            arrived = false;
            answer.adopt();
            return answer.advance();
        }

        @Override
        public boolean hasNext() {
            return arrived;
        }

        @Override
        public boolean whenReady(Runnable action) {
            word.set(action);
            if (arrived && word.getAndSet(null) != null) {
                return false;
            }
            resting.release();
            return true;
        }

        private void arrive() {
            arrived = true;
            Runnable told = word.getAndSet(null);
            if (told != null) {
                told.run();
            }
        }

        @Override
        public StreamingChunk chunk() {
            return answer.chunk();
        }

        @Override
        public void adopt() {
            answer.adopt();
        }

        @Override
        public void close() {
            answer.close();
        }
    }

    private final StubProvider provider;
    private final Semaphore resting = new Semaphore(0);
    private volatile Stream stream;

    RestingProvider(StubProvider provider) {
        this.provider = provider;
    }

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public List<String> models() {
        return provider.models();
    }

    @Override
    public ChunkStream open(ProviderCall call) {
        stream = new Stream(provider.open(call));
        call.cancellation().onCancel(_ -> stream.arrive());
        return stream;
    }

    /** Waits until the answer waits without a thread. */
    void awaitRest() {
        try {
            assertThat(resting.tryAcquire(10, TimeUnit.SECONDS)).as("at rest").isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The next chunk comes, or the end. */
    void arrive() {
        stream.arrive();
    }
}
