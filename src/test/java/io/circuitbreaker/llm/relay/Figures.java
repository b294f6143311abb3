package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.observe.StreamEnd;
import io.circuitbreaker.llm.observe.StreamingMetrics;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** Remembers what is to be counted. */
final class Figures extends StreamingMetrics {

    private final List<StreamEnd> ends = new CopyOnWriteArrayList<>();
    private final List<Failure> refused = new CopyOnWriteArrayList<>();
    private final List<Spent> spent = new CopyOnWriteArrayList<>();

    Figures() {
        super((MetricRegistry) Proxy.newProxyInstance(MetricRegistry.class.getClassLoader(),
                new Class<?>[] {MetricRegistry.class}, (_, _, _) -> null));
    }

    @Override
    public void record(StreamEnd end) {
        ends.add(end);
    }

    @Override
    public void record(Spent part) {
        spent.add(part);
    }

    @Override
    public void recordRefused(Failure why) {
        refused.add(why);
    }

    List<Failure> refused() {
        return List.copyOf(refused);
    }

    List<StreamEnd> ends() {
        return List.copyOf(ends);
    }

    List<Spent> spent() {
        return List.copyOf(spent);
    }
}
