package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.StreamUsage;
import io.circuitbreaker.llm.testing.FakeProvider;
import io.circuitbreaker.llm.testing.FakeReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An {@link HttpUpstream} in front of a {@link FakeProvider}, with a watchdog that runs. */
final class TestUpstream implements AutoCloseable {

    static final String KEY = "sk-test-0123456789abcdef";
    /** Longer than any test, where a deadline is not what it tests. */
    static final Duration LONG = Duration.ofSeconds(30);

    final FakeProvider fake = FakeProvider.start();
    final HttpUpstream upstream;
    final UpstreamClient client = new UpstreamClient();
    private final Watchdog watchdog = new Watchdog();

    private TestUpstream(Language language, Deadlines deadlines, StreamLimits limits, String query, String keyHeader) {
        client.start();
        watchdog.start();
        upstream = new HttpUpstream(new ProviderConfig("test", language.dialect.name(),
                Optional.of(fake.baseUrl() + query), new ApiKey(KEY), keyHeader, StreamUsage.ALWAYS, List.of(), deadlines,
                limits, Optional.empty(), Optional.empty()),
                language.dialect, client, watchdog);
    }

    static TestUpstream speaking(Language language) {
        return with(language, new Deadlines(LONG, LONG, LONG, LONG, LONG, LONG));
    }

    static TestUpstream with(Language language, Deadlines deadlines) {
        return new TestUpstream(language, deadlines, StreamLimits.DEFAULTS, "", "");
    }

    static TestUpstream limitedTo(int streams) {
        return limitedTo(new StreamLimits(streams, 0, LONG));
    }

    static TestUpstream limitedTo(StreamLimits limits) {
        return new TestUpstream(Language.OPENAI, Deadlines.DEFAULTS, limits, "", "");
    }

    /** As Azure wants it. */
    static TestUpstream at(String pathAndQuery, String keyHeader) {
        return new TestUpstream(Language.OPENAI, Deadlines.DEFAULTS, StreamLimits.DEFAULTS, pathAndQuery, keyHeader);
    }

    TestUpstream reply(FakeReply reply) {
        fake.reply(reply);
        return this;
    }

    Answer ask() {
        return ask(Requests.saying("Say hello to the world"));
    }

    Answer ask(LlmRequest request) {
        return OnVirtualThread.call(() -> answer(call(request, new Cancellation())));
    }

    OnVirtualThread<Answer> asking(Cancellation cancellation) {
        return OnVirtualThread.start(() -> answer(call(Requests.saying("Say hello to the world"), cancellation)));
    }

    static ProviderCall call(LlmRequest request, Cancellation cancellation) {
        return new ProviderCall(request, Requests.MODEL, cancellation);
    }

    static ProviderCall call() {
        return call(Requests.saying("Say hello to the world"), new Cancellation());
    }

    /** One attempt on the calling thread: opened, read to its end, closed. */
    Answer answer(ProviderCall call) {
        List<StreamingChunk> chunks = new ArrayList<>();
        ChunkStream stream;
        try {
            stream = upstream.open(call);
        } catch (LlmException e) {
            return new Answer(false, chunks, Optional.of(e), Thread.currentThread().isInterrupted());
        }
        try (stream) {
            while (stream.advance()) {
                chunks.add(stream.chunk());
            }
            return new Answer(true, chunks, Optional.empty(), Thread.currentThread().isInterrupted());
        } catch (LlmException e) {
            return new Answer(true, chunks, Optional.of(e), Thread.currentThread().isInterrupted());
        } finally {
            stream.close();
            assertThat(Thread.currentThread().isInterrupted()).as("interrupted after close").isFalse();
        }
    }

    /** Nothing is left of any attempt: no slot, and at the provider no reply in progress. */
    void assertNothingLeft() {
        assertThat(upstream.activeStreams()).isZero();
        fake.awaitActiveStreams(0, Duration.ofSeconds(5));
    }

    @Override
    public void close() {
        client.close();
        watchdog.stop();
        fake.close();
    }
}
