package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.AnswerSoFar;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.provider.ProviderCall;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Those who may answer one request: one after the other until there is a first token, and again where an answer breaks off.
 * However often that happens, each is asked {@link ProviderCall#MAX_ATTEMPTS} times at most. For the request's thread.
 */
final class Successors {

    private final Failover failover;
    private final String instruction;
    private final Plan plan;
    private final LlmRequest request;
    private final Cancellation cancellation;
    private final Consumer<? super Spent> ledger;
    private final Map<String, AskedProvider> asked = new LinkedHashMap<>();

    Successors(Failover failover, String instruction, Plan plan, LlmRequest request, Cancellation cancellation,
               Consumer<? super Spent> ledger) {
        this.failover = failover;
        this.instruction = instruction;
        this.plan = plan;
        this.request = request;
        this.cancellation = cancellation;
        this.ledger = ledger;
        plan.targets().forEach(target -> asked.put(target.name(), new AskedProvider(target)));
    }

    LlmRequest request() {
        return request;
    }

    boolean isCancelled() {
        return cancellation.reason().isPresent();
    }

    /** @throws NoAnswerException if nobody gives a first token */
    RoutedStream first() {
        List<Target> all = asked.values().stream().map(AskedProvider::asTarget).toList();
        return failover.open(plan.over(all, plan.leftOut()), request, cancellation, ledger);
    }

    /** The request to go on with this, of which so many tokens have been made. */
    LlmRequest goingOn(String delivered, long tokens) {
        OptionalInt limit = request.sampling().maxTokens();
        LlmRequest limited = limit.isEmpty() ? request : request.with(
                request.sampling().withMaxTokens((int) Math.max(1, limit.getAsInt() - tokens)));
        return limited.goingOn(new AnswerSoFar(delivered, Optional.of(instruction)));
    }

    /**
     * Opens the answer of one who goes on; empty if nobody is left.
     *
     * @throws NoAnswerException if nobody does
     */
    Optional<RoutedStream> next(RoutedStream broken, LlmRequest goingOn) {
        provider(broken).broke();
        List<Target> left = asked.values().stream().filter(one -> one.attempts() < ProviderCall.MAX_ATTEMPTS)
                .sorted(Comparator.comparingInt(AskedProvider::rank)).map(AskedProvider::asTarget).toList();
        return left.isEmpty() ? Optional.empty()
                : Optional.of(failover.open(plan.over(left, List.of()), goingOn, cancellation, ledger));
    }

    /** How the one who goes on was asked to. */
    Prefill way(RoutedStream next) {
        return provider(next).way();
    }

    /** With the cost of the one who gave that part, where it is known. */
    TokenUsage priced(RoutedStream part, TokenUsage usage) {
        return provider(part).priced(usage);
    }

    private AskedProvider provider(RoutedStream stream) {
        return asked.get(stream.provider() + "/" + stream.model());
    }
}
