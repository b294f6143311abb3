package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.dialect.Dialect;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;

/**
 * A provider behind HTTP. {@link ProviderExtension} makes one bean of this class for each configured name, so each has a
 * circuit breaker of its own; the bean only holds the annotations and the {@link HttpUpstream} that does the work.
 */
public class HttpProvider implements RemoteProvider, Prefilling {

    /** How long the breaker of a provider stays open at least. */
    public static final int BREAKER_DELAY_IN_SECONDS = 10;

    private final Bean<HttpProvider> self;
    private final Config config;
    private final Instance<Dialect> dialects;
    private final UpstreamClient client;
    private final Watchdog watchdog;
    private HttpUpstream upstream;
    private ProviderConfig settings;
    private Optional<HttpProbe> probe = Optional.empty();
    private final BreakerTrial trial = new BreakerTrial();

    /** For the proxy. */
    protected HttpProvider() {
        this(null, null, null, null, null);
    }

    @Inject
    public HttpProvider(Bean<HttpProvider> self, Config config, @Any Instance<Dialect> dialects, UpstreamClient client,
                        Watchdog watchdog) {
        this.self = self;
        this.config = config;
        this.dialects = dialects;
        this.client = client;
        this.watchdog = watchdog;
    }

    @PostConstruct
    void configure() {
        String name = self.getQualifiers().stream().filter(ProviderName.class::isInstance)
                .map(ProviderName.class::cast).map(ProviderName::value).findFirst().orElseThrow();
        List<String> languages = dialects.stream().map(Dialect::name).sorted().toList();
        settings = ProviderConfig.load(config, name, languages);
        Dialect dialect = dialects.stream().filter(known -> known.name().equals(settings.dialect())).findFirst()
                .orElseThrow(() -> settings.unknownDialect(languages));
        upstream = new HttpUpstream(settings, dialect, client, watchdog);
        probe = settings.probeInterval().map(_ -> new HttpProbe(settings, dialect, client, watchdog));
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
    public int activeStreams() {
        return upstream.activeStreams();
    }

    @Override
    public String dialect() {
        return settings.dialect();
    }

    @Override
    public int maxConcurrentStreams() {
        return settings.limits().maxConcurrent();
    }

    @Override
    public int queuedRequests() {
        return upstream.queuedRequests();
    }

    @Override
    public Optional<Duration> probeInterval() {
        return settings.probeInterval();
    }

    @Override
    public Optional<String> probe() {
        return probe.orElseThrow().run();
    }

    @Override
    public Optional<String> untold(ContentPart part) {
        return upstream.untold(part);
    }

    @Override
    public Prefill prefill(LlmRequest request, String model) {
        return upstream.prefill(request, model);
    }

    /** Malformed chunks that were skipped since the start. */
    public long malformedChunks() {
        return upstream.malformedChunks();
    }

    /**
     * {@inheritDoc}
     *
     * <p>An answer that did not begin is asked for again, twice, unless others could be asked meanwhile. Below this,
     * unseen by the breaker, a connection that the provider has left is replaced. The timeout stands behind the
     * configured deadlines, which are shorter: it is for a fault in ours. What counts for the breaker {@link BreakerTrial}
     * says.
     */
    @Override
    @Retry(maxRetries = 2, delay = 100, jitter = 50, maxDuration = 0, retryOn = TransportException.class)
    @CircuitBreaker(requestVolumeThreshold = 20, failureRatio = 0.5, delay = BREAKER_DELAY_IN_SECONDS,
            delayUnit = ChronoUnit.SECONDS, successThreshold = 1, failOn = UpstreamException.class)
    @Timeout(value = 1, unit = ChronoUnit.HOURS)
    public ChunkStream open(ProviderCall call) {
        return trial.open(upstream, call);
    }

    @Override
    public void breakerRefused() {
        trial.expect();
    }
}
