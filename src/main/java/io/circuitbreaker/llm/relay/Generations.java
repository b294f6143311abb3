package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.observe.StreamingMetrics;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.routing.LlmRouter;
import io.circuitbreaker.llm.session.LiveStream;
import io.circuitbreaker.llm.session.LiveStreams;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamPlace;
import io.circuitbreaker.llm.session.StreamingConfig;
import io.circuitbreaker.llm.session.StreamingManager;
import io.circuitbreaker.llm.session.StreamingSession;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;

/** Admits requests, and has what their generations share. Thread-safe. */
@Unproxied
public class Generations {

    private final LlmRouter router;
    private final StreamingManager manager;
    private final LiveStreams streams;
    private final StreamingMetrics metrics;
    private final StreamWorkers workers;
    private final ColdStart coldStart;

    @Inject
    public Generations(LlmRouter router, StreamingManager manager, LiveStreams streams, StreamingMetrics metrics,
                       StreamWorkers workers) {
        this(router, manager, streams, metrics, workers, new ColdStart(Duration.ofSeconds(2)));
    }

    private Generations(LlmRouter router, StreamingManager manager, LiveStreams streams, StreamingMetrics metrics,
                        StreamWorkers workers, ColdStart coldStart) {
        this.router = router;
        this.manager = manager;
        this.streams = streams;
        this.metrics = metrics;
        this.workers = workers;
        this.coldStart = coldStart;
    }

    /** The same for answers of others: with places and sessions of its own, counted by themselves. */
    public Generations apart(LlmRouter others, StreamingMetrics theirs) {
        return new Generations(others, new StreamingManager(config()), streams, theirs, workers, coldStart);
    }

    /**
     * Takes a place for a request, which is given back when its generation has ended: start it.
     *
     * @throws LlmException if there is no place for one more, or the session has ended
     */
    public Generation admit(LlmRequest request, StreamOwner owner, Optional<StreamingSession> session) {
        Cancellation cancellation = new Cancellation();
        try {
            StreamPlace place = manager.open(owner, session, cancellation::cancel);
            return new Generation(request, this, place, cancellation);
        } catch (LlmException e) {
            metrics.recordRefused(e.failure());
            throw e;
        }
    }

    /** Begins to keep what a generation makes. Call it before it is started. */
    public LiveStream keep(Generation generation, LlmRequest request, Duration grace) {
        return streams.open(generation.place(), request.model(), grace, generation::cancel);
    }

    public StreamingConfig config() {
        return manager.config();
    }

    LlmRouter router() {
        return router;
    }

    StreamingMetrics metrics() {
        return metrics;
    }

    StreamWorkers workers() {
        return workers;
    }

    ColdStart coldStart() {
        return coldStart;
    }
}
