package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.chat.Voice;
import io.circuitbreaker.llm.provider.Cancellation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * One answer with several choices, each by a candidate of its own. Open as soon as the first of them speaks. Who fails
 * before its first token makes place for a candidate that was not asked; where there is none, and after the first token,
 * the choice ends with its failure and the others go on. It fails as a whole when none of them was complete. For the
 * request's thread; each {@link Speaker} has one of its own.
 */
final class SideBySide implements ChunkStream {

    private static final Logger LOG = Logger.getLogger(SideBySide.class.getName());
    private static final Failure OVER = new Failure.Cancelled("the answer was let go of");
    /** Beyond what a flush takes: who is faster than the client waits. */
    private static final int HANDED_OVER = 16;

    // configuration
    private final Walk walk;
    private final int count;
    private final Cancellation whole;

    private final HandOver<Speaker.Said> said = new HandOver<>(HANDED_OVER);

    // the request's thread
    private final List<Candidate> choices = new ArrayList<>();
    private final Queue<StreamingChunk> ready = new ArrayDeque<>();
    // of each choice that was opened
    private final List<Optional<Meter>> meters = new ArrayList<>();
    private boolean usageIsKnown;
    private final Set<String> dropped = new LinkedHashSet<>();
    private DueCandidates due;
    private Optional<StreamHead> head = Optional.empty();
    private StreamingChunk chunk;
    private int speaking;
    private boolean anyComplete;
    private LlmException lastFailure;
    private Optional<RuntimeException> broken = Optional.empty();

    /** @param whole of the request, or of a part of it that ends with this */
    SideBySide(Walk walk, int count, Cancellation whole) {
        this.walk = walk;
        this.count = count;
        this.whole = whole;
    }

    /** @throws LlmException if the request asks for something that does not go with it */
    static void check(LlmRequest request, Tactics tactics) {
        int wanted = request.sampling().choices();
        if (tactics.sideBySide() && wanted > 1) {
            throw new LlmException(Failure.InvalidRequest.of("n", "'n' must be 1 or absent where several models answer side"
                    + " by side (parallel = " + tactics.parallel().getAsInt() + "), was " + wanted));
        }
    }

    RoutedStream open() {
        whole.onCancel(_ -> said.stop());
        try {
            return walk.run(this::round);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Optional<RoutedStream> round() {
        due = new DueCandidates(walk);
        choices.clear();
        meters.clear();
        ready.clear();
        while (choices.size() < count && due.hasNext()) {
            choices.add(due.next());
            meters.add(Optional.empty());
            ask(choices.size() - 1);
        }
        speaking = choices.size();
        while (speaking > 0 && head.isEmpty()) {
            hear();
        }
        return head.map(all -> walk.routed(this, all.provider(), all.model()));
    }

    private void ask(int choice) {
        new Speaker(choice, walk.attempt(choices.get(choice)), said).start();
    }

    private void hear() {
        Optional<Speaker.Said> next = said.take();
        whole.throwIfCancelled();
        switch (next.orElseThrow()) {
            case Speaker.Opened opened -> opened(opened);
            case Speaker.NotOpened failed -> notOpened(failed.choice(), failed.failed());
            case Speaker.Spoke spoke -> spoke(spoke.choice(), spoke.chunk());
            case Speaker.Ended ended -> {
                meters.get(ended.choice()).ifPresent(Meter::completed);
                speaking--;
                anyComplete = true;
            }
            case Speaker.Broke broke -> lost(broke.choice(), broke.why());
        }
    }

    private void opened(Speaker.Opened opened) {
        walk.settleAnswered(opened.answered());
        Candidate candidate = opened.answered().candidate();
        meters.set(opened.choice(), Optional.of(new Meter(candidate.call().request(), candidate.target()::priced)));
        dropped.addAll(opened.dropped());
        if (head.isEmpty()) {
            StreamHead first = opened.voice().head();
            head = Optional.of(new StreamHead(first.id(), first.created(), all(Target::model),
                    all(target -> target.provider().name())));
        }
    }

    /** As they are asked now: who fails before its first token is replaced, and each chunk says who speaks. */
    private String all(Function<Target, String> name) {
        return choices.stream().map(candidate -> name.apply(candidate.target())).collect(Collectors.joining(", "));
    }

    private void notOpened(int choice, Attempt.Failed failed) {
        LlmException why = walk.settleFailed(failed);
        if (Rerouting.movesOn(why.failure()) && due.hasNext()) {
            choices.set(choice, due.next());
            ask(choice);
        } else {
            lost(choice, why);
        }
    }

    private void lost(int choice, LlmException why) {
        Target target = choices.get(choice).target();
        LOG.info(() -> "choice " + choice + " by " + target.shown() + " ended: " + Rerouting.words(why.failure()));
        speaking--;
        lastFailure = why;
        Voice voice = new Voice(choice, new StreamHead("", 0, target.model(), target.provider().name()));
        ready.add(StreamingChunk.of(StreamingChoice.failed(why.failure())).by(voice));
    }

    private void spoke(int choice, StreamingChunk next) {
        meters.get(choice).ifPresent(meter -> meter.count(next));
        if (next.usage().isPresent()) {
            usageIsKnown = true;
        } else {
            ready.add(next);
        }
    }

    @Override
    public StreamHead head() {
        return head.orElseThrow();
    }

    @Override
    public List<String> droppedParams() {
        return List.copyOf(dropped);
    }

    @Override
    public boolean advance() {
        while (ready.isEmpty() && speaking > 0) {
            if (broken.isPresent()) {
                throw broken.get();
            }
            hear();
        }
        chunk = ready.poll();
        if (chunk == null && !anyComplete) {
            throw lastFailure;
        }
        if (chunk == null) {
            // Who broke off before it told has used something all the same.
            Optional<TokenUsage> sum = meters.stream().flatMap(Optional::stream).map(Meter::usage).reduce(TokenUsage::plus)
                    .filter(_ -> usageIsKnown);
            meters.clear();
            chunk = sum.map(StreamingChunk::usage).orElse(null);
        }
        return chunk != null;
    }

    /** Looks ahead: what was handed over may be nothing for the reader, who would wait behind it for the next to speak. */
    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && speaking > 0 && broken.isEmpty() && !said.isEmpty()) {
            try {
                hear();
            } catch (RuntimeException e) {
                broken = Optional.of(e);
            }
        }
        return !ready.isEmpty() || speaking == 0 || broken.isPresent();
    }

    @Override
    public StreamingChunk chunk() {
        return chunk;
    }

    @Override
    public void adopt() {
        // Whichever thread takes what the others hand over.
    }

    /** Ends all who still speak; each lets go of its own provider. */
    @Override
    public void close() {
        whole.cancel(OVER);
    }
}
