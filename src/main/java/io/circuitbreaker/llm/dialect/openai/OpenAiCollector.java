package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

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
            "obfuscation");

    private final StreamHead head;
    private final ChunkWriter writer;
    private final Map<Integer, CollectedChoice> choices = new TreeMap<>();
    private final Map<String, JsonValue> others = new LinkedHashMap<>();
    private Optional<TokenUsage> usage = Optional.empty();
    private String provider;

    OpenAiCollector(StreamHead head) {
        this.provider = head.provider();
        this.head = head;
        this.writer = new OpenAiChunkWriter(head, false);
    }

    @Override
    public void add(StreamingChunk chunk) {
        if (chunk.usage().isPresent()) {
            usage = chunk.usage();
        }
        boolean oneOfSeveral = chunk.voice().isPresent();
        writer.write(chunk, json -> merge(JsonText.parseObject(json), oneOfSeveral));
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
                .add("created", head.created()).add("model", head.model()).add("provider", provider);
        JsonArrayBuilder list = JSON.createArrayBuilder();
        choices.values().forEach(choice -> list.add(choice.whole()));
        response.add("choices", list);
        usage.ifPresent(spent -> response.add("usage", JsonText.parseObject(Usages.write(spent))));
        others.forEach(response::add);
        return response.build().toString();
    }
}
