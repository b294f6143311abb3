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
    private final EdgeConfig config;
    private final Exchanges exchanges;

    /** For the proxy. */
    protected ChatCompletionsResource() {
        this(null, null, null);
    }

    @Inject
    public ChatCompletionsResource(Errors errors, EdgeConfig config, Exchanges exchanges) {
        this.errors = errors;
        this.config = config;
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
            ClientDialect dialect = errors.openAi();
            JsonObject json = RequestBody.read(body, request.getContentLengthLong(), config.maxBodySize());
            LlmRequest chat = dialect.readRequest(json);
            chat = chat.with(chat.routing().with(RoutingWishes.tactics(request::getHeader)));
            checkMessages(chat);
            exchanges.begin(chat, dialect, request, response);
        } catch (LlmException e) {
            response.resume(errors.response(e.failure()));
        }
    }

    private void checkMessages(LlmRequest request) {
        int messages = request.messages().size();
        if (messages > config.maxMessages()) {
            throw new LlmException(Failure.InvalidRequest.of("messages", "'messages' must have at most "
                    + config.maxMessages() + " messages (" + EdgeConfig.MAX_MESSAGES + "), had " + messages));
        }
    }
}
