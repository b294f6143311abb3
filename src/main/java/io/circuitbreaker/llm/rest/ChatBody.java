package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.edge.ChatRequests;
import io.circuitbreaker.llm.edge.EdgeConfig;
import io.circuitbreaker.llm.edge.RequestBody;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;

/** A chat request over HTTP: its body, and the headers that belong to it. Thread-safe. */
@Unproxied
public class ChatBody {

    private final ChatRequests requests;
    private final EdgeConfig config;

    @Inject
    public ChatBody(ChatRequests requests, EdgeConfig config) {
        this.requests = requests;
        this.config = config;
    }

    /** @throws io.circuitbreaker.llm.chat.LlmException with {@code InvalidRequest} or {@code TooLarge} */
    public LlmRequest read(InputStream body, HttpServletRequest request) {
        return requests.read(RequestBody.read(body, request.getContentLengthLong(), config.maxBodySize()),
                request::getHeader);
    }
}
