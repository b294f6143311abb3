package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.StreamUsage;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;

/**
 * A provider that is none: its answers are a dialect's examples and come from a socket of our own. It bears the dialect's
 * name, and is not among the {@link Providers}. Its calls are guarded as those of an {@link HttpProvider} are, to the same
 * end: they go the same way.
 */
@Dependent
@Typed(Rehearsal.class)
public class Rehearsal implements LlmProvider {

    /** The model to ask for. */
    public static final String MODEL = "example";

    static final List<String> SENTENCE = List.of("The", " router", " plays", " to", " itself", ",", " \"naïvely\"",
            " said", ":", " it", " talks", ".\n");
    /** Most answers are short, for the sake of the openings; some are longer than a buffer. */
    private static final int SHORT_ANSWERS = 15;
    private static final int SENTENCES = 25;

    /** Stands in for a key: requests with one go another way than those without. */
    private static final ApiKey KEY = new ApiKey("rehearsal");

    /** A provider of another class than most. */
    private record Understudy(String name, LlmProvider of) implements LlmProvider {

        @Override
        public List<String> models() {
            return of.models();
        }

        @Override
        public ChunkStream open(ProviderCall call) {
            return of.open(call);
        }
    }

    private final UpstreamClient client;
    private final Watchdog watchdog;
    private LoopbackServer server;
    private HttpUpstream upstream;
    private List<LlmProvider> understudies = List.of();

    /** For the interceptors. */
    protected Rehearsal() {
        this(null, null);
    }

    @Inject
    public Rehearsal(UpstreamClient client, Watchdog watchdog) {
        this.client = client;
        this.watchdog = watchdog;
    }

    /**
     * Call it before all else.
     *
     * @throws IOException if there is no port for it on the loopback address
     */
    public void begin(Dialect dialect) throws IOException {
        List<String> answers = new ArrayList<>(Collections.nCopies(SHORT_ANSWERS, dialect.example(SENTENCE)));
        answers.add(dialect.example(Collections.nCopies(SENTENCES, SENTENCE).stream().flatMap(List::stream).toList()));
        server = new LoopbackServer(answers);
        upstream = upstream(dialect.name(), dialect);
        understudies = List.of(upstream(dialect.name() + "-bare", dialect),
                new Understudy(dialect.name() + "-second", this));
    }

    private HttpUpstream upstream(String name, Dialect dialect) {
        return new HttpUpstream(new ProviderConfig(name, dialect.name(), Optional.of(server.url()), KEY, "",
                StreamUsage.ALWAYS, List.of(MODEL), Deadlines.DEFAULTS, StreamLimits.DEFAULTS, Optional.empty(),
                Optional.empty()), dialect, client, watchdog);
    }

    /**
     * The same under other names, of other classes: whom the compiler had only ever seen providers of one class, it would
     * take every other for impossible, and have to begin again with the whole way there when the first real one is asked.
     */
    List<LlmProvider> understudies() {
        return understudies;
    }

    @Override
    public String name() {
        return upstream.name();
    }

    @Override
    public List<String> models() {
        return upstream.models();
    }

    @Override
    @Retry(retryOn = TransportException.class)
    @CircuitBreaker(requestVolumeThreshold = 500, failOn = UpstreamException.class)
    @Timeout(value = 1, unit = ChronoUnit.HOURS)
    public ChunkStream open(ProviderCall call) {
        return upstream.open(call);
    }

    @PreDestroy
    void close() {
        if (server != null) {
            server.close();
        }
    }
}
