package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.config.DurationRange;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.PrefillForm;
import io.circuitbreaker.llm.dialect.StreamUsage;
import io.circuitbreaker.llm.dialect.Upstream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.Config;

/**
 * What is configured for one provider under {@code llm.provider.<name>}.
 *
 * @param baseUrl      absent for the dialect's own; without a slash at the end
 * @param apiKeyHeader the header that takes the key, if not the dialect's own
 * @param streamUsage  whether the provider is asked for usage
 * @param models       empty if any model is taken ({@code *})
 * @param probeInterval empty if it is not probed
 * @param prefill      how its models take the beginning of their own answer; absent for what the dialect knows of them
 */
record ProviderConfig(String name, String dialect, Optional<String> baseUrl, ApiKey apiKey, String apiKeyHeader,
                      StreamUsage streamUsage, List<String> models, Deadlines deadlines, StreamLimits limits,
                      Optional<Duration> probeInterval, Optional<PrefillForm> prefill) {

    /** The key prefix of all providers. */
    static final String PREFIX = "llm.provider.";

    /** What may follow {@code llm.provider.<name>.} in a key. */
    static final List<String> KEYS = List.of("dialect", "base-url", "api-key", "api-key-header", "stream-usage", "models",
            "connect-timeout", "first-token-timeout", "idle-timeout", "total-timeout", StreamLimits.MAX_CONCURRENT_STREAMS,
            StreamLimits.MAX_QUEUED_REQUESTS, StreamLimits.QUEUE_TIMEOUT, "probe-interval", "prefill");
    private static final Set<String> NOT_FOR_KEYS = Set.of("accept", "accept-encoding", "connection", "content-length",
            "content-type", "expect", "host", "te", "trailer", "transfer-encoding", "upgrade", "user-agent");
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Spoken by whom nothing else is said of: what most servers speak. */
    private static final String USUAL_DIALECT = "openai";

    /**
     * @param languages the names of all dialects; a provider of such a name speaks it unless configuration says otherwise
     * @throws IllegalArgumentException naming the key, the value and the rule, if a value is bad
     */
    static ProviderConfig load(Config config, String name, Collection<String> languages) {
        Keys keys = new Keys(config, name);
        Optional<Vendor> vendor = Vendor.named(name);
        String dialect = keys.text("dialect").orElse(languages.contains(name) ? name : USUAL_DIALECT);
        Deadlines defaults = Deadlines.DEFAULTS;
        Deadlines deadlines = Deadlines.of(keys.duration("connect-timeout", defaults.connect()),
                keys.duration("first-token-timeout", defaults.firstToken()),
                keys.duration("idle-timeout", defaults.idle()), keys.duration("total-timeout", defaults.total()));
        StreamLimits usual = StreamLimits.DEFAULTS;
        StreamLimits limits = new StreamLimits(
                keys.number(StreamLimits.MAX_CONCURRENT_STREAMS, 1, usual.maxConcurrent()),
                keys.number(StreamLimits.MAX_QUEUED_REQUESTS, 0, usual.maxQueued()),
                keys.duration(StreamLimits.QUEUE_TIMEOUT, usual.queueTimeout()));
        return new ProviderConfig(name, dialect, baseUrl(keys, config, vendor), apiKey(keys, config, vendor),
                keys.headerName("api-key-header"), streamUsage(keys), models(keys, vendor), deadlines, limits,
                keys.optionalDuration("probe-interval", Duration.ofSeconds(1)), prefill(keys, dialect));
    }

    Upstream upstream(String model) {
        return new Upstream(name, model, apiKey, apiKeyHeader, streamUsage, prefill, Set.of());
    }

    /** Whether it can be used: vendors want a key, a server of one's own at a configured address may want none. */
    boolean usable() {
        return apiKey.isPresent() || baseUrl.isPresent();
    }

    String key(String suffix) {
        return PREFIX + name + "." + suffix;
    }

    IllegalArgumentException unknownDialect(List<String> known) {
        return new IllegalArgumentException(key("dialect") + " must be one of " + known + ", was '" + dialect + "'");
    }

    /** Where it is, which the dialect knows if configuration does not say. */
    UpstreamAddress address(Dialect language) {
        String url = baseUrl.orElseGet(language::defaultBaseUrl);
        return new UpstreamAddress(name, url, shownBaseUrl(url), deadlines.connect());
    }

    /** Without user info and query, which may hold secrets. */
    String shownBaseUrl(String url) {
        URI uri = URI.create(url);
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return uri.getScheme() + "://" + uri.getHost() + port + uri.getPath();
    }

    /** The vendors' own names for their settings are taken where ours are not set. */
    private static ApiKey apiKey(Keys keys, Config config, Optional<Vendor> vendor) {
        return new ApiKey(keys.text("api-key").or(() -> vendor.flatMap(known -> firstOf(config, known.keyVariables())))
                .map(String::strip).orElse(""));
    }

    private static Optional<String> firstOf(Config config, List<String> names) {
        return names.stream().map(variable -> config.getOptionalValue(variable, String.class))
                .flatMap(Optional::stream).filter(value -> !value.isBlank()).findFirst();
    }

    private static Optional<String> baseUrl(Keys keys, Config config, Optional<Vendor> vendor) {
        return keys.text("base-url").map(url -> checkedUrl(PREFIX + keys.name() + ".base-url", url.strip()))
                .or(() -> vendor.map(Vendor::baseUrlVariable).flatMap(variable -> firstOf(config, List.of(variable))
                        .map(url -> checkedUrl(variable, url.strip()))));
    }

    private static String checkedUrl(String key, String url) {
        try {
            URI uri = new URI(url);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            // Names and passwords in an address are not sent, and fragments are not either.
            if (http && uri.getHost() != null && uri.getUserInfo() == null && uri.getFragment() == null) {
                // The slash at the end of the path is ours to add.
                return url.replaceFirst("^([^?]*)/(?=$|\\?)", "$1");
            }
        } catch (URISyntaxException e) {
            // It repeats the address.
            throw badUrl(key, url);
        }
        throw badUrl(key, url);
    }

    private static IllegalArgumentException badUrl(String key, String url) {
        String shown = url.replaceFirst("//.*@", "//***@").replaceFirst("[?#].*", "?***");
        return new IllegalArgumentException(key + " must be an http or https URL with a host, and without a user, a password"
                + " or a fragment (keys go into api-key and api-key-header), was '" + shown + "'");
    }

    private static StreamUsage streamUsage(Keys keys) {
        String word = keys.text("stream-usage").map(String::strip).orElse(StreamUsage.WORDS.getFirst());
        return StreamUsage.of(word).orElseThrow(() -> new IllegalArgumentException(PREFIX + keys.name
                + ".stream-usage must be one of " + StreamUsage.WORDS + ", was '" + word + "'"));
    }

    private static List<String> models(Keys keys, Optional<Vendor> vendor) {
        Optional<String> configured = keys.text("models");
        if (configured.isEmpty()) {
            return vendor.map(Vendor::models).orElse(List.of());
        }
        List<String> models = Arrays.stream(configured.get().split(",")).map(String::strip)
                .filter(model -> !model.isEmpty()).toList();
        if (models.isEmpty()) {
            throw new IllegalArgumentException(PREFIX + keys.name() + ".models must be a comma-separated list of models, or"
                    + " * for any, was '" + configured.get() + "'");
        }
        return models.contains("*") ? List.of() : models;
    }

    private static Optional<PrefillForm> prefill(Keys keys, String dialect) {
        Optional<String> text = keys.text("prefill");
        Optional<PrefillForm> form = text.flatMap(word -> PrefillForm.of(word.strip()));
        if (text.isPresent() && form.isEmpty()) {
            throw new IllegalArgumentException(PREFIX + keys.name() + ".prefill must be one of " + PrefillForm.words()
                    + ", was '" + text.get() + "'");
        }
        if (form.isPresent() && form.get().hasMember() && !dialect.equals(USUAL_DIALECT)) {
            throw new IllegalArgumentException(PREFIX + keys.name() + ".prefill must be none or assistant for the dialect "
                    + dialect + ", was '" + text.get() + "'");
        }
        return form;
    }

    /** Typed access to one provider's keys. */
    private record Keys(Config config, String name) {

        Optional<String> text(String suffix) {
            return config.getOptionalValue(PREFIX + name + "." + suffix, String.class).filter(text -> !text.isBlank());
        }

        String headerName(String suffix) {
            String header = text(suffix).map(String::strip).orElse("");
            if (!header.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]*") || NOT_FOR_KEYS.contains(header.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(PREFIX + name + "." + suffix
                        + " must be the name of a header (RFC 9110 section 5.1) that HTTP does not need itself, was '" + header
                        + "'");
            }
            return header;
        }

        Duration duration(String suffix, Duration otherwise) {
            return text(suffix).map(text -> parsed(suffix, text, SHORTEST)).orElse(otherwise);
        }

        Optional<Duration> optionalDuration(String suffix, Duration shortest) {
            return text(suffix).map(text -> parsed(suffix, text, shortest));
        }

        int number(String suffix, int least, int otherwise) {
            Optional<String> text = text(suffix).map(String::strip);
            if (text.isEmpty()) {
                return otherwise;
            }
            if (!text.get().matches("0|[1-9]\\d{0,7}") || Integer.parseInt(text.get()) < least) {
                throw new IllegalArgumentException(PREFIX + name + "." + suffix + " must be a whole number from "
                        + least + " to 99999999, was '" + text.get() + "'");
            }
            return Integer.parseInt(text.get());
        }

        private Duration parsed(String suffix, String text, Duration shortest) {
            return new DurationRange(shortest, LONGEST, "PT60S").parse(PREFIX + name + "." + suffix, text);
        }
    }
}
