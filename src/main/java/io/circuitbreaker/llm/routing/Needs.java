package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.ResponseFormat;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.provider.RemoteProvider;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a request needs of a model, as far as that can be seen in it.
 *
 * @param parts  of its messages, other than text, that it must be told of
 * @param prompt estimated tokens
 * @param output tokens that the answer may have, where the client says so
 */
record Needs(Set<Ability> abilities, List<ContentPart> parts, long prompt, OptionalInt output) {

    /**
     * What a model lacks.
     *
     * @param words for a header, to follow the model's name
     * @param param the member of the request that needs it
     */
    record Lack(String words, String param) {
    }

    static Needs of(LlmRequest request) {
        Set<Ability> abilities = EnumSet.noneOf(Ability.class);
        if (!request.tooling().tools().isEmpty()) {
            abilities.add(Ability.TOOLS);
        }
        if (request.responseFormat().orElse(null) instanceof ResponseFormat.JsonSchema) {
            abilities.add(Ability.STRUCTURED_OUTPUT);
        }
        request.messages().forEach(message -> add(message, abilities));
        List<ContentPart> parts = request.messages().stream().flatMap(Needs::mustBeTold).toList();
        return new Needs(abilities, parts, Estimate.prompt(request), request.sampling().maxTokens());
    }

    /** What a user says is asked; of what else there is, a language can leave out what it has no words for. */
    private static Stream<ContentPart> mustBeTold(ChatMessage message) {
        return message.content().stream().filter(part -> part instanceof ContentPart.Unknown
                || message.role() == Role.USER && !(part instanceof ContentPart.Text));
    }

    private static void add(ChatMessage message, Set<Ability> abilities) {
        if (message.role() == Role.TOOL || !message.toolCalls().isEmpty()) {
            abilities.add(Ability.TOOLS);
        }
        for (ContentPart part : message.content()) {
            switch (part) {
                case ContentPart.Text _, ContentPart.Refusal _, ContentPart.Unknown _ -> { }
                case ContentPart.Image _ -> abilities.add(Ability.IMAGES);
                case ContentPart.Audio _ -> abilities.add(Ability.AUDIO);
                case ContentPart.File _ -> abilities.add(Ability.FILES);
            }
        }
    }

    /** The same where a language may leave out, and name, what it has no words for. */
    Needs withoutParts() {
        return new Needs(abilities, parts.stream().filter(ContentPart.Unknown.class::isInstance).toList(), prompt, output);
    }

    /** Empty as long as nothing is known that speaks against the model. */
    Optional<Lack> lacking(Target target) {
        return lackingWords(target)
                .or(() -> target.known().flatMap(entry -> lackingAbility(entry).or(() -> lackingRoom(entry))));
    }

    private Optional<Lack> lackingWords(Target target) {
        return target.provider() instanceof RemoteProvider remote
                ? parts.stream().flatMap(part -> remote.untold(part).stream()).findFirst()
                        .map(kind -> new Lack("cannot be told of " + Target.shown(kind), "messages"))
                : Optional.empty();
    }

    private Optional<Lack> lackingAbility(CatalogEntry entry) {
        return abilities.stream().filter(entry::lacks).findFirst().map(ability -> switch (ability) {
            case TOOLS -> new Lack("takes no tools", "tools");
            case IMAGES -> new Lack("takes no images", "messages");
            case AUDIO -> new Lack("takes no audio", "messages");
            case FILES -> new Lack("takes no files", "messages");
            case STRUCTURED_OUTPUT -> new Lack("does not keep to a JSON schema", "response_format");
            case REASONING, PREFILL -> throw new IllegalStateException("no request needs " + ability);
        });
    }

    private Optional<Lack> lackingRoom(CatalogEntry entry) {
        long asked = output.orElse(0);
        if (asked > entry.maxOutputTokens().orElse(Long.MAX_VALUE)) {
            return Optional.of(new Lack("writes at most " + entry.maxOutputTokens().getAsLong() + " tokens, not " + asked,
                    "max_completion_tokens"));
        }
        long all = prompt + asked;
        return all <= entry.contextWindow().orElse(Long.MAX_VALUE) ? Optional.empty()
                : Optional.of(new Lack("has a context window of " + entry.contextWindow().getAsLong()
                        + " tokens, too small for about " + all, "messages"));
    }
}
