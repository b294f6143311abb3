package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;

/** Reads and checks the body of a chat request, and the headers that belong to it. Thread-safe. */
@ApplicationScoped
public class ChatRequests {

    private final Errors errors;
    private final EdgeConfig config;

    /** For the proxy. */
    protected ChatRequests() {
        this(null, null);
    }

    @Inject
    public ChatRequests(Errors errors, EdgeConfig config) {
        this.errors = errors;
        this.config = config;
    }

    /** @throws LlmException with {@code InvalidRequest} or {@code TooLarge}, naming what is wrong */
    LlmRequest read(InputStream body, HttpServletRequest request) {
        JsonObject json = RequestBody.read(body, request.getContentLengthLong(), config.maxBodySize());
        LlmRequest chat = errors.openAi().readRequest(json);
        checkMessages(chat);
        return chat.with(chat.routing().with(RoutingWishes.tactics(request::getHeader)));
    }

    private void checkMessages(LlmRequest request) {
        int messages = request.messages().size();
        if (messages > config.maxMessages()) {
            throw new LlmException(Failure.InvalidRequest.of("messages", "'messages' must have at most "
                    + config.maxMessages() + " messages (" + EdgeConfig.MAX_MESSAGES + "), had " + messages));
        }
    }
}
