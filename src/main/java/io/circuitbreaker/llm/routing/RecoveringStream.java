package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Continuation;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.logging.Logger;

/**
 * An answer that another candidate goes on with where it breaks off, once or more than once. To its reader it is one: one
 * head, one finish, one sum of usage.
 *
 * <pre>
 *   first part --breaks off--> looking for a successor --first token--> continued part --true end--> ended
 *        |                        |             ^                            |
 *        |                        |             +---------breaks off---------+
 *        +--true end--> ended     +--nobody, or it must not be gone on with--> failed, as the part did that broke off
 * </pre>
 */
final class RecoveringStream implements ChunkStream {

    private static final Logger LOG = Logger.getLogger(RecoveringStream.class.getName());

    private final Successors successors;
    private final RoutedStream first;
    private final Delivered delivered = new Delivered();
    private final Queue<StreamingChunk> ready = new ArrayDeque<>();

    // the part at hand
    private RoutedStream current;
    private Meter meter;
    private Optional<ContinuedPart> continued = Optional.empty();
    private Optional<LlmException> broken = Optional.empty();

    // the parts before it
    private Optional<TokenUsage> spent = Optional.empty();

    private StreamingChunk chunk;
    private boolean ended;

    RecoveringStream(RoutedStream first, Successors successors) {
        this.first = first;
        this.successors = successors;
        this.current = first;
        this.meter = new Meter(successors.request(), usage -> successors.priced(first, usage));
    }

    @Override
    public StreamHead head() {
        return first.stream().head();
    }

    @Override
    public List<String> droppedParams() {
        return first.stream().droppedParams();
    }

    @Override
    public boolean advance() {
        while (ready.isEmpty() && !ended) {
            if (broken.isPresent()) {
                goOn(broken.get());
            } else {
                pull();
            }
        }
        chunk = ready.poll();
        return chunk != null;
    }

    /** Looks ahead: what has come may be nothing for the reader, or a break, after which another is waited for. */
    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && !ended && broken.isEmpty() && current.stream().hasNext()) {
            pull();
        }
        return !ready.isEmpty() || ended;
    }

    @Override
    public boolean poll() {
        if (ready.isEmpty() && !ended && broken.isEmpty()) {
            current.stream().poll();
        }
        return hasNext();
    }

    /** Not where it broke off: another has to be asked, which is for a thread that can wait. */
    @Override
    public boolean whenReady(Runnable action) {
        return !hasNext() && broken.isEmpty() && current.stream().whenReady(action);
    }

    @Override
    public StreamingChunk chunk() {
        return chunk;
    }

    @Override
    public void adopt() {
        current.stream().adopt();
    }

    @Override
    public void close() {
        current.stream().close();
    }

    private void pull() {
        ChunkStream stream = current.stream();
        try {
            if (stream.advance()) {
                read(stream.chunk());
            } else {
                end();
            }
        } catch (LlmException e) {
            // What is held back was said all the same, and what follows has to fit to it.
            continued.ifPresent(ContinuedPart::end);
            broken = Optional.of(e);
        }
    }

    private void read(StreamingChunk next) {
        meter.count(next);
        if (continued.isPresent()) {
            continued.get().add(next);
        } else {
            handOn(next);
        }
    }

    private void end() {
        ended = true;
        meter.completed();
        continued.ifPresent(ContinuedPart::end);
        spent.ifPresent(before -> ready.add(StreamingChunk.usage(before.plus(meter.usage()))));
    }

    private void handOn(StreamingChunk next) {
        delivered.add(next);
        ready.add(next);
    }

    private void goOn(LlmException why) {
        broken = Optional.empty();
        // Before anybody else is asked: the provider at fault is not to make tokens that nobody reads.
        current.stream().close();
        Optional<String> hindrance = Breaks.hindrance(why.failure())
                .or(() -> Delivered.hindranceIn(successors.request())).or(delivered::hindrance);
        if (hindrance.isPresent()) {
            throw notGoneOnWith(hindrance.get(), why);
        }
        TokenUsage used = spent.map(meter.usage()::plus).orElseGet(meter::usage);
        spent = Optional.of(used);
        LlmRequest request = successors.goingOn(delivered.text(),
                Math.max(used.completion(), Estimate.tokens(delivered.text())));
        RoutedStream next = opened(request, why);
        begin(next, Breaks.words(why.failure()));
        meter = new Meter(request, usage -> successors.priced(next, usage));
    }

    private void begin(RoutedStream next, String reason) {
        String text = delivered.text();
        Prefill way = successors.way(next);
        LOG.info(() -> "the answer of " + shown(current) + " broke off (" + reason + ") after " + text.length()
                + " characters; " + shown(next) + " goes on with it " + (way == Prefill.NONE ? "as told" : "by itself"));
        StreamHead head = next.stream().head();
        Continuation continuation = new Continuation(shown(current), reason, head.model(), head.provider());
        Seam seam = new Seam(new Overlap(successors.request().begunAnswer(), text, way));
        continued = Optional.of(new ContinuedPart(seam, continuation, this::handOn));
        current = next;
    }

    private RoutedStream opened(LlmRequest request, LlmException why) {
        try {
            return successors.next(current, request)
                    .orElseThrow(() -> notGoneOnWith("all were asked often enough", why));
        } catch (NoAnswerException nobody) {
            if (successors.isCancelled()) {
                throw nobody;
            }
            Failure failure = why.failure();
            LlmException both = new LlmException(failure.withMessage(failure.message()
                    + "; nobody could go on with it: " + nobody.failure().message()), why);
            both.addSuppressed(nobody);
            throw both;
        }
    }

    private LlmException notGoneOnWith(String hindrance, LlmException why) {
        LOG.info(() -> "the answer of " + shown(current) + " broke off (" + Breaks.words(why.failure())
                + ") and is not gone on with: " + hindrance);
        return why;
    }

    private static String shown(RoutedStream stream) {
        return Target.shown(stream.provider() + "/" + stream.model());
    }
}
