package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.Continuation;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.ChunkWriter;
import io.circuitbreaker.llm.dialect.ResponseCollector;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One {@code chat.completion} from the chunks of a stream. Works on the JSON that a streaming client would have got, so
 * that both kinds of answer have the same content, fields that we do not know included.
 */
final class OpenAiCollector implements ResponseCollector {

    private static final Set<String> OWN = Set.of("id", "object", "created", "model", "provider", "choices", "usage",
            "obfuscation", "continuation");

    private final StreamHead head;
    private final ChunkWriter writer;
    private final Map<Integer, CollectedChoice> choices = new TreeMap<>();
    private final Map<String, JsonValue> others = new LinkedHashMap<>();
    private final JsonArrayBuilder continuations = JSON.createArrayBuilder();
    private boolean continued;
    private Optional<TokenUsage> usage = Optional.empty();
    private String model;
    private String provider;

    OpenAiCollector(StreamHead head) {
        this.model = head.model();
        this.provider = head.provider();
        this.head = head;
        this.writer = new OpenAiChunkWriter(head, false);
    }

    @Override
    public void add(StreamingChunk chunk) {
        if (chunk.usage().isPresent()) {
            usage = chunk.usage();
        }
        chunk.continuation().ifPresent(this::goOn);
        boolean oneOfSeveral = chunk.voice().isPresent();
        writer.write(chunk, json -> merge(JsonText.parseObject(json), oneOfSeveral));
    }

    /** The document names who ended the answer, and here those before. */
    private void goOn(Continuation part) {
        continued = true;
        model = part.model();
        continuations.add(JsonText.parseObject(Continuations.write(part)));
    }

    private CollectedChoice choice(int index) {
        return choices.computeIfAbsent(index, CollectedChoice::new);
    }

    /** @param oneOfSeveral whether who speaks is said of the choices, and not of the whole */
    private void merge(JsonObject chunk, boolean oneOfSeveral) {
        chunk.forEach((name, value) -> {
            if (!OWN.contains(name) && value.getValueType() != JsonValue.ValueType.NULL) {
                others.put(name, value);
            }
        });
        if (!oneOfSeveral) {
            provider = chunk.getString("provider", provider);
        }
        if (chunk.containsKey("choices")) {
            for (JsonValue value : chunk.getJsonArray("choices")) {
                JsonObject piece = value.asJsonObject();
                CollectedChoice choice = choice(piece.getInt("index", 0));
                choice.merge(piece);
                if (oneOfSeveral) {
                    choice.spokenBy(chunk);
                }
            }
        }
    }

    @Override
    public String response() {
        JsonObjectBuilder response = JSON.createObjectBuilder().add("id", head.id()).add("object", "chat.completion")
                .add("created", head.created()).add("model", model).add("provider", provider);
        JsonArrayBuilder list = JSON.createArrayBuilder();
        choices.values().forEach(choice -> list.add(choice.whole()));
        response.add("choices", list);
        usage.ifPresent(spent -> response.add("usage", JsonText.parseObject(Usages.write(spent))));
        others.forEach(response::add);
        if (continued) {
            response.add("continuations", continuations);
        }
        return response.build().toString();
    }
}
