package io.circuitbreaker.llm.provider;

import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Builds the JAX-RS clients of a provider. */
final class UpstreamClient {

    private static final Logger LOG = Logger.getLogger(UpstreamClient.class.getName());

    private UpstreamClient() {
    }

    /** Without a read timeout: the watchdog knows better than the socket what counts as silence. */
    static Client create(Duration connectTimeout, int connections) {
        ClientBuilder builder = ClientBuilder.newBuilder()
                .connectTimeout(connectTimeout.toMillis(), TimeUnit.MILLISECONDS);
        // The default of 50 makes the 51st stream wait without end, and the standard API has no word for it.
        set(builder, "connectionPoolSize", connections);
        set(builder, "maxPooledPerRoute", connections);
        return builder.build();
    }

    private static void set(ClientBuilder builder, String property, int value) {
        try {
            builder.getClass().getMethod(property, int.class).invoke(builder, value);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            LOG.log(Level.WARNING, e, () -> "the JAX-RS client does not let us set " + property + " to " + value
                    + "; it may hold fewer streams than configured");
        }
    }
}
