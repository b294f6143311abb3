package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import io.circuitbreaker.llm.testing.MapConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A catalog that a test makes up, so that none depends on real prices. */
final class CatalogFile {

    private final List<String> models = new ArrayList<>();

    /** @param members of its entry beside the id, as JSON */
    CatalogFile with(String id, String members) {
        models.add("{\"id\":" + JsonText.quote(id) + (members.isEmpty() ? "" : ",") + members + "}");
        return this;
    }

    static String prices(String input, String output) {
        return "\"prices\":{\"input\":" + input + ",\"output\":" + output + "}";
    }

    /** The settings and the key that names the file. */
    MapConfig in(Path folder, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("llm.catalog", writtenIn(folder)));
        return MapConfig.of(all.toArray(String[]::new));
    }

    private String writtenIn(Path folder) {
        try {
            return Files.writeString(folder.resolve("catalog.json"), "{\"models\":[" + String.join(",", models) + "]}")
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param members of the request beside the model and, unless they are among them, the messages */
    static LlmRequest request(String model, String members) {
        String messages = members.contains("\"messages\"") ? "" : ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
        return new OpenAiDialect().readRequest(JsonText.parseObject(
                "{\"model\":" + JsonText.quote(model) + messages + (members.isEmpty() ? "" : ",") + members + "}"));
    }
}
