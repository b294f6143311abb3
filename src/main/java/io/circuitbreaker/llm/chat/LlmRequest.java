package io.circuitbreaker.llm.chat;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A validated request for an answer.
 *
 * <p>It keeps the client's JSON: a provider of the same dialect gets that, with all fields that we have never heard of,
 * and only a provider of another dialect gets a translation of the decoded fields.
 *
 * @param dialect      the wire language that {@code source} is written in
 * @param source       the request as the client sent it, without the members that are for us; never modified
 * @param model        the model as the client names it: {@code provider/model}, an alias, or a bare model
 * @param includeUsage whether the client asked for a usage chunk at the end of the stream
 * @param routing      what the client wishes for its way
 * @param soFar        an answer that broke off and is to be gone on with
 */
public record LlmRequest(String dialect, JsonObject source, String model, List<ChatMessage> messages, Sampling sampling,
                         Tooling tooling, Optional<ResponseFormat> responseFormat, Optional<String> reasoningEffort,
                         Optional<String> user, Map<String, String> metadata, boolean stream, boolean includeUsage,
                         RoutingWish routing, Optional<AnswerSoFar> soFar) {

    public LlmRequest {
        messages = List.copyOf(messages);
        metadata = Map.copyOf(metadata);
    }

    /** With no answer to go on with. */
    public LlmRequest(String dialect, JsonObject source, String model, List<ChatMessage> messages, Sampling sampling,
                      Tooling tooling, Optional<ResponseFormat> responseFormat, Optional<String> reasoningEffort,
                      Optional<String> user, Map<String, String> metadata, boolean stream, boolean includeUsage,
                      RoutingWish routing) {
        this(dialect, source, model, messages, sampling, tooling, responseFormat, reasoningEffort, user, metadata, stream,
                includeUsage, routing, Optional.empty());
    }

    /** Without a wish for its way. */
    public LlmRequest(String dialect, JsonObject source, String model, List<ChatMessage> messages, Sampling sampling,
                      Tooling tooling, Optional<ResponseFormat> responseFormat, Optional<String> reasoningEffort,
                      Optional<String> user, Map<String, String> metadata, boolean stream, boolean includeUsage) {
        this(dialect, source, model, messages, sampling, tooling, responseFormat, reasoningEffort, user, metadata, stream,
                includeUsage, RoutingWish.NONE);
    }

    /** The same with another wish for its way. */
    public LlmRequest with(RoutingWish wish) {
        return new LlmRequest(dialect, source, model, messages, sampling, tooling, responseFormat, reasoningEffort, user,
                metadata, stream, includeUsage, wish, soFar);
    }

    /** The same with other limits. */
    public LlmRequest with(Sampling other) {
        return new LlmRequest(dialect, source, model, messages, other, tooling, responseFormat, reasoningEffort, user,
                metadata, stream, includeUsage, routing, soFar);
    }

    /** The same for a client that is handed the answer as it is made, whether it said so or not. */
    public LlmRequest streamed() {
        return new LlmRequest(dialect, source, model, messages, sampling, tooling, responseFormat, reasoningEffort, user,
                metadata, true, includeUsage, routing, soFar);
    }

    /** The same, to be answered by going on with this. */
    public LlmRequest goingOn(AnswerSoFar answer) {
        return new LlmRequest(dialect, source, model, messages, sampling, tooling, responseFormat, reasoningEffort, user,
                metadata, stream, includeUsage, routing, Optional.of(answer));
    }

    /** The messages, and with them the answer that is to be gone on with. */
    public List<ChatMessage> conversation() {
        return soFar.map(answer -> answer.after(messages)).orElse(messages);
    }

    /** The beginning of the answer that the client itself wrote; empty if it did not. */
    public String begunAnswer() {
        return AnswerSoFar.begunBy(messages).map(ChatMessage::text).orElse("");
    }

    /** Without messages and source: a prompt must not reach a log by accident. */
    @Override
    public String toString() {
        return "LlmRequest[" + model + ", " + messages.size() + " messages, stream=" + stream + "]";
    }
}
