package io.circuitbreaker.llm.dialect;

import java.util.List;
import java.util.Map;

/**
 * A request as it goes over the wire.
 *
 * @param path    to be added to the provider's base URL; begins with a slash; may have a query
 * @param headers the key is among them: not for logs
 * @param body    JSON; empty where the request has none
 * @param dropped names of the client's parameters that could not be expressed
 * @param whole   whether the answer comes as one document, so that nothing of it can be seen before its end
 */
public record UpstreamRequest(String path, Map<String, String> headers, String body, List<String> dropped,
                              boolean whole) {

    /** Of what comes in pieces. */
    public UpstreamRequest(String path, Map<String, String> headers, String body, List<String> dropped) {
        this(path, headers, body, dropped, false);
    }

    public UpstreamRequest {
        headers = Map.copyOf(headers);
        dropped = List.copyOf(dropped);
    }

    @Override
    public String toString() {
        return "UpstreamRequest[" + path + ", " + body.length() + " characters]";
    }
}
