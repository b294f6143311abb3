package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.Sampling;
import io.circuitbreaker.llm.chat.Tooling;
import jakarta.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Requests of a client that speaks OpenAI's language. */
final class Requests {

    static final String MODEL = "fake-model";

    private Requests() {
    }

    static LlmRequest saying(String prompt) {
        return of(prompt, Sampling.DEFAULTS, Tooling.NONE);
    }

    /** By a client that wants no stream. */
    static LlmRequest forOneDocument(String prompt) {
        return of(prompt, Sampling.DEFAULTS, Tooling.NONE, false);
    }

    static LlmRequest offering(Tooling tools) {
        return of("What is the weather?", Sampling.DEFAULTS, tools);
    }

    static LlmRequest limitedTo(int maxTokens) {
        Sampling none = Sampling.DEFAULTS;
        return of("Hello", new Sampling(none.temperature(), none.topP(), none.topK(), OptionalInt.of(maxTokens),
                none.stop(), none.seed(), none.frequencyPenalty(), none.presencePenalty(), none.choices(),
                none.logprobs(), none.topLogprobs()), Tooling.NONE);
    }

    static LlmRequest penalising() {
        Sampling none = Sampling.DEFAULTS;
        return of("Hello", new Sampling(none.temperature(), none.topP(), none.topK(), none.maxTokens(), none.stop(),
                none.seed(), OptionalDouble.of(0.5), none.presencePenalty(), none.choices(), none.logprobs(),
                none.topLogprobs()), Tooling.NONE);
    }

    private static LlmRequest of(String prompt, Sampling sampling, Tooling tools) {
        return of(prompt, sampling, tools, true);
    }

    private static LlmRequest of(String prompt, Sampling sampling, Tooling tools, boolean stream) {
        var source = Json.createObjectBuilder().add("model", MODEL).add("stream", stream).add("messages",
                Json.createArrayBuilder().add(Json.createObjectBuilder().add("role", "user").add("content", prompt)));
        return new LlmRequest("openai", source.build(), MODEL, List.of(ChatMessage.of(Role.USER, prompt)), sampling,
                tools,
                Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), stream, false);
    }
}
