package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.dialect.TextTemplate;
import io.circuitbreaker.llm.testing.CountingTemplate;
import io.circuitbreaker.llm.testing.SimilarJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is seen of a chunk must not depend on the chunks of the same form that came before it. */
class ChunkViewTest {

    private static final List<String> SHAPES = List.of(
            "{\"id\":\"c-1\",\"created\":7,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},"
                    + "\"logprobs\":null,\"finish_reason\":null}]}",
            "{\"choices\":[{\"delta\":{\"content\":\"%s\"}}],\"provider\":\"somebody\"}",
            "{\"choices\":[{\"index\":1,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":\"%s\"}}]}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}},{\"index\":1,\"delta\":{\"content\":\"b\"}}]}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":\"stop\"}]}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\",\"tool_calls\":[{\"index\":0,\"id\":\"t\","
                    + "\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}}]}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}],\"usage\":{\"prompt_tokens\":1}}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"error\":{\"message\":\"x\"}}]}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":[\"%s\"]}}]}");
    private static final List<String> TEXTS = List.of("a", "", "b c", "\\\"", "\\\\", "x\\n", "\u00e9", "\u6587\u5b57", "~7~",
            "a\",\"refusal\":\"b", "\"}}],\"choices\":[{\"delta\":{\"content\":\"", "a\"},\"finish_reason\":\"stop\"}]}", "\\");

    @ParameterizedTest
    @MethodSource("io.circuitbreaker.llm.testing.SimilarJson#seeds")
    void knownFormsChangeNothing(long seed) {
        ChunkView knowing = new ChunkView();
        ChunkView walking = new ChunkView(new Unteachable());
        for (String json : SimilarJson.documents(new Random(seed), SHAPES, TEXTS)) {
            assertThat(look(knowing, json)).as("of %s", json).isEqualTo(look(walking, json));
        }
    }

    private static List<Object> look(ChunkView view, String json) {
        try {
            view.look(json);
        } catch (MalformedChunkException e) {
            return List.of(e.getMessage());
        }
        List<Object> seen = new ArrayList<>(List.of(view.hasError, view.hasProvider, view.hasChoiceList, view.hasChoices(),
                view.speaks(), view.endsInError, view.needsRepair(), view.allFinished(), view.startedChoices(), view.id,
                view.model, view.created, view.toolCalls.places(), view.repeatedFinish.toString()));
        seen.add(view.choiceError);
        seen.add(view.usage);
        return seen;
    }

    @Test
    void aFormThatIsKnownIsNotWalkedAgain() {
        CountingTemplate template = new CountingTemplate();
        ChunkView view = new ChunkView(template);
        for (int i = 0; i < 100; i++) {
            view.look(SHAPES.getFirst().formatted("word " + i));
        }
        assertThat(template.learned()).isOne();
        assertThat(view.speaks()).isTrue();
    }

    @Test
    void whatChangesWithEachChunkIsNotTriedForEver() {
        TextTemplate template = new TextTemplate();
        ChunkView view = new ChunkView(template);
        for (int i = 0; i < 20; i++) {
            view.look("{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"obfuscation\":\"" + i + "\"}");
        }
        assertThat(template.fits("{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"obfuscation\":\"19\"}")).isFalse();
    }

    private static final class Unteachable extends TextTemplate {

        @Override
        public void learn(String json, int from, int to) {
            // every chunk is walked
        }
    }
}
