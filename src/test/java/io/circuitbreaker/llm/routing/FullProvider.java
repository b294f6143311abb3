package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.ProviderCall;
import io.circuitbreaker.llm.provider.StubProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A provider that has its limit of streams. Whoever waits is refused too, or gets a place. */
final class FullProvider implements LlmProvider {

    /** For each time it was asked, whether it might have waited. */
    final List<Boolean> waited = new ArrayList<>();
    /** What happens while one waits that gets a place. */
    Consumer<ProviderCall> duringWait = _ -> { };
    private final StubProvider behind;
    private final boolean placeForWaiters;

    private FullProvider(String name, boolean placeForWaiters) {
        this.behind = StubProvider.answers(name);
        this.placeForWaiters = placeForWaiters;
    }

    static FullProvider forLong(String name) {
        return new FullProvider(name, false);
    }

    static FullProvider forAWhile(String name) {
        return new FullProvider(name, true);
    }

    Failure refusal() {
        return new Failure.LimitReached("full", "llm.provider." + name() + ".queue-timeout",
                Optional.of(Duration.ofSeconds(1)));
    }

    @Override
    public String name() {
        return behind.name();
    }

    @Override
    public List<String> models() {
        return List.of();
    }

    @Override
    public ChunkStream open(ProviderCall call) {
        waited.add(call.waitsIfFull());
        if (call.waitsIfFull() && placeForWaiters) {
            duringWait.accept(call);
            return behind.open(call);
        }
        throw new LlmException(refusal());
    }
}
