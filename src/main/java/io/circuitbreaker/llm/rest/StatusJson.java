package io.circuitbreaker.llm.rest;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.provider.RemoteProvider;
import io.circuitbreaker.llm.routing.ModelStatus;
import io.circuitbreaker.llm.routing.ProviderStatus;
import io.circuitbreaker.llm.routing.Standing;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** A provider's status as clients see it. What is not known is left out. No address is among it, and no key. */
final class StatusJson {

    private final Instant now;

    StatusJson(Instant now) {
        this.now = now;
    }

    JsonObject of(ProviderStatus status) {
        JsonObjectBuilder json = JSON.createObjectBuilder().add("name", status.provider().name());
        if (status.provider() instanceof RemoteProvider remote) {
            json.add("dialect", remote.dialect());
        }
        json.add("state", status.state().name().toLowerCase(Locale.ROOT));
        if (!status.why().isEmpty()) {
            json.add("reason", status.why());
        }
        status.until().ifPresent(left -> json.add("until", at(left)));
        if (status.provider() instanceof RemoteProvider remote) {
            json.add("active_streams", remote.activeStreams())
                    .add("max_concurrent_streams", remote.maxConcurrentStreams())
                    .add("queued_requests", remote.queuedRequests());
        }
        add(json, status.standing());
        status.probe().ifPresent(probe -> json.add("last_probe", of(probe)));
        return json.add("models", JSON.createArrayBuilder(status.provider().models()))
                .add("recent_models", JSON.createArrayBuilder(status.models().stream().map(this::of).toList())).build();
    }

    private JsonObject of(ModelStatus model) {
        JsonObjectBuilder json = JSON.createObjectBuilder().add("model", model.model());
        model.pause().ifPresent(pause -> json.add("paused_until", at(pause.left())).add("paused_because", pause.why()));
        add(json, model.standing());
        return json.build();
    }

    private JsonObject of(ProviderStatus.Probe probe) {
        JsonObjectBuilder json = JSON.createObjectBuilder().add("succeeded", probe.wrong().isEmpty())
                .add("at", at(probe.ago().negated()));
        probe.wrong().ifPresent(wrong -> json.add("reason", wrong));
        return json.build();
    }

    private void add(JsonObjectBuilder json, Standing standing) {
        json.add("recent_requests", rounded(standing.recentRequests(), 10));
        standing.errorRate().ifPresent(rate -> json.add("error_rate", rounded(rate, 1000)));
        standing.firstToken().ifPresent(time -> json.add("first_token_ms", time.toMillis()));
        standing.lastFailure().ifPresent(failure -> json.add("last_failure", JSON.createObjectBuilder()
                .add("kind", failure.kind()).add("at", at(failure.ago().negated()))));
    }

    private static double rounded(double value, int steps) {
        return (double) Math.round(value * steps) / steps;
    }

    private String at(Duration fromNow) {
        return now.plus(fromNow).truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
