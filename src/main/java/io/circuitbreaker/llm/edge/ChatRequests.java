package io.circuitbreaker.llm.edge;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.ClientDialect;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.util.function.UnaryOperator;

/** Reads and checks chat requests in the clients' language. Thread-safe. */
@Unproxied
public class ChatRequests {

    private final Instance<ClientDialect> dialects;
    private final EdgeConfig config;

    @Inject
    public ChatRequests(@Any Instance<ClientDialect> dialects, EdgeConfig config) {
        this.dialects = dialects;
        this.config = config;
    }

    /** The language of the clients of chat completions. */
    public ClientDialect openAi() {
        return dialects.stream().filter(dialect -> dialect.name().equals("openai")).findFirst().orElseThrow();
    }

    /**
     * @param header looks up what the request wishes for its way beside its body; null if it is absent
     * @throws LlmException with {@code InvalidRequest}, naming what is wrong
     */
    public LlmRequest read(JsonObject json, UnaryOperator<String> header) {
        LlmRequest chat = openAi().readRequest(json);
        int messages = chat.messages().size();
        if (messages > config.maxMessages()) {
            throw new LlmException(Failure.InvalidRequest.of("messages", "'messages' must have at most "
                    + config.maxMessages() + " messages (" + EdgeConfig.MAX_MESSAGES + "), had " + messages));
        }
        return chat.with(chat.routing().with(RoutingWishes.tactics(header)));
    }
}
