package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.ClientDialect;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;

/**
 * {@code POST /v1/chat/completions}. Parses, checks and admits on the container's thread and leaves the rest to an {@link
 * Exchange}: a method that waited here for a provider would hold one of few threads for as long.
 */
@Path("/chat/completions")
@RequestScoped
public class ChatCompletionsResource {

    private final Errors errors;
    private final ChatBody bodies;
    private final Exchanges exchanges;

    /** For the proxy. */
    protected ChatCompletionsResource() {
        this(null, null, null);
    }

    @Inject
    public ChatCompletionsResource(Errors errors, ChatBody bodies, Exchanges exchanges) {
        this.errors = errors;
        this.bodies = bodies;
        this.exchanges = exchanges;
    }

    /**
     * Answers in one document, or with {@code "stream":true} as server-sent events. No {@code @Produces}: the type depends
     * on the request's body, and clients send all kinds of Accept headers.
     */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public void complete(InputStream body, @Context HttpServletRequest request, @Suspended AsyncResponse response) {
        try {
            exchanges.begin(bodies.read(body, request), errors.openAi(), request, response);
        } catch (LlmException e) {
            response.resume(errors.response(e.failure()));
        }
    }
}
