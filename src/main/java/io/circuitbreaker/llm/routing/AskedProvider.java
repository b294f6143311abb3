package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.AnswerSoFar;
import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.Prefilling;
import io.circuitbreaker.llm.provider.ProviderCall;
import java.util.List;
import java.util.logging.Logger;

/**
 * A provider and a model as one client's request sees them, on its way to an answer and on further ways to go on with it:
 * remembers how often it was asked, and asks it to go on as it can, by itself or with an instruction. Ways use it one after
 * the other, each on any thread.
 */
final class AskedProvider implements LlmProvider {

    private static final Logger LOG = Logger.getLogger(AskedProvider.class.getName());

    private final Target target;
    private volatile int attempts;
    private volatile boolean broke;
    private volatile boolean refusedPrefill;
    private volatile Prefill way = Prefill.NONE;

    AskedProvider(Target target) {
        this.target = target;
    }

    Target asTarget() {
        return new Target(this, target.model(), target.name(), target.known());
    }

    TokenUsage priced(TokenUsage usage) {
        return target.priced(usage);
    }

    @Override
    public String name() {
        return target.provider().name();
    }

    @Override
    public List<String> models() {
        return target.provider().models();
    }

    @Override
    public void breakerRefused() {
        target.provider().breakerRefused();
    }

    int attempts() {
        return attempts;
    }

    /** Its answer broke off. */
    void broke() {
        broke = true;
    }

    /** Who was not asked yet comes first, and last whose answer broke off. */
    int rank() {
        return broke ? 2 : Math.min(1, attempts);
    }

    /** How it goes on with the answer that it has opened last. */
    Prefill way() {
        return way;
    }

    /** @param call if it is to go on with an answer, has it with an instruction */
    @Override
    public ChunkStream open(ProviderCall call) {
        call.countFrom(attempts);
        try {
            return call.request().soFar().isPresent() ? goOn(call, call.request().soFar().get())
                    : target.provider().open(call);
        } finally {
            attempts = call.attempts();
        }
    }

    private ChunkStream goOn(ProviderCall call, AnswerSoFar answer) {
        try {
            return goOnByItself(call, call.request().goingOn(answer.asPrefill()));
        } catch (LlmException e) {
            throw anothersChance(e);
        }
    }

    private ChunkStream goOnByItself(ProviderCall call, LlmRequest prefilled) {
        way = refusedPrefill ? Prefill.NONE : prefill(prefilled);
        if (way != Prefill.NONE) {
            try {
                return target.provider().open(call.asking(prefilled));
            } catch (LlmException e) {
                if (!mayBeThePrefill(e.failure()) || !call.mayBeRepeated()) {
                    throw e;
                }
                LOG.info(() -> target.shown() + " did not take the beginning of its answer; asking it in words");
                refusedPrefill = true;
                way = Prefill.NONE;
            }
        }
        return target.provider().open(call);
    }

    /** Where a catalog of models knows better, it is to be asked here. */
    private Prefill prefill(LlmRequest request) {
        return target.provider() instanceof Prefilling knows ? knows.prefill(request, target.model()) : Prefill.NONE;
    }

    private static boolean mayBeThePrefill(Failure failure) {
        return failure instanceof Failure.InvalidRequest invalid && !invalid.code().equals("context_length_exceeded");
    }

    /** The request is not the client's own any more: what is wrong with it here may be right elsewhere. */
    private static LlmException anothersChance(LlmException e) {
        boolean ours = e.failure() instanceof Failure.InvalidRequest || e.failure() instanceof Failure.TooLarge;
        return ours ? new LlmException(Failure.ProviderFailed.of(e.failure().message()), e) : e;
    }
}
