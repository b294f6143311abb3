package io.circuitbreaker.llm.provider;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A request to this server itself, as one of its clients makes it. Thread-safe. */
public final class SelfCall {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final UpstreamClient client;
    private final String url;
    private final Map<String, String> headers;

    public SelfCall(UpstreamClient client, String url, Map<String, String> headers) {
        this.client = client;
        this.url = url;
        this.headers = Map.copyOf(headers);
    }

    /**
     * Posts JSON and reads the answer to its end. Blocks.
     *
     * @return the answer's status
     * @throws IOException if there is no connection, or it breaks
     */
    public int post(String json) throws IOException {
        UpstreamExchange exchange = client.sendAsIs(new UpstreamClient.Call("POST", url, headers,
                Optional.of(json.getBytes(UTF_8)), CONNECT_TIMEOUT, () -> { }));
        exchange.awaitHead();
        exchange.body().transferTo(OutputStream.nullOutputStream());
        return exchange.status();
    }
}
