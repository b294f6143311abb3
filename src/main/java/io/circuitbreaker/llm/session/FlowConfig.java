package io.circuitbreaker.llm.session;

import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/**
 * What happens when a client takes its stream slower than the model makes it.
 *
 * @param bufferSize        how many events wait for a client
 * @param maxChunkSize      how large events that wait may grow when they are merged, in characters
 * @param enabled           whether clients of a WebSocket give credit for what is sent to them
 * @param slowClient        what happens when as many events wait
 * @param slowClientTimeout how long a client may take nothing before its stream ends
 */
public record FlowConfig(int bufferSize, int maxChunkSize, boolean enabled, SlowClient slowClient,
                         Duration slowClientTimeout) {

    /** What is done about a client that is slower than the model. */
    public enum SlowClient {
        /** Texts that wait are merged into larger events; the provider is read no further when the buffer is full. */
        ADAPTIVE,
        /** The provider is read no faster than the client takes. */
        PAUSE
    }

    static final List<String> KEYS = List.of("default-buffer-size", "max-chunk-size", "enable-flow-control",
            "slow-client", "slow-client-timeout");
    static final FlowConfig DEFAULTS = new FlowConfig(100, 8192, true, SlowClient.ADAPTIVE, Duration.ofSeconds(30));

    static FlowConfig load(Config config) {
        Settings settings = new Settings(config);
        return new FlowConfig(settings.number("default-buffer-size", DEFAULTS.bufferSize, 1, 1_000_000),
                settings.number("max-chunk-size", DEFAULTS.maxChunkSize, 64, StreamLimits.LARGEST),
                settings.flag("enable-flow-control", DEFAULTS.enabled),
                settings.choice("slow-client", DEFAULTS.slowClient, SlowClient.class),
                settings.duration("slow-client-timeout", DEFAULTS.slowClientTimeout, Duration.ofMillis(10),
                        Duration.ofHours(1)));
    }
}
