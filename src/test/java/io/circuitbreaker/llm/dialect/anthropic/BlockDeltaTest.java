package io.circuitbreaker.llm.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.testing.CountingTemplate;
import io.circuitbreaker.llm.testing.SimilarJson;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read of an event must not depend on the events of the same form that came before it. */
class BlockDeltaTest {

    private static final String DELTA = "content_block_delta";
    private static final List<String> SHAPES = List.of(
            "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}",
            "{\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}",
            "{\"delta\":{\"text\":\"%s\",\"type\":\"text_delta\"},\"index\":1,\"type\":\"content_block_delta\"}",
            "{\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}",
            "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"%s\"}}",
            "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"first\","
                    + "\"text\":\"%s\"}}",
            "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"text\":\"%s\","
                    + "\"partial_json\":\"{}\"}}",
            "{\"type\":\"content_block_start\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}");
    private static final List<String> TEXTS = List.of("a", "", "b c", "\\\"", "\\\\", "x\\n", "\u00e9", "\u6587\u5b57",
            "a\",\"type\":\"thinking_delta", "\"},\"index\":5,\"delta\":{\"text\":\"", "\"}}", "\\");

    @ParameterizedTest
    @MethodSource("io.circuitbreaker.llm.testing.SimilarJson#seeds")
    void knownFormsChangeNothing(long seed) {
        Random random = new Random(seed);
        BlockDelta knowing = new BlockDelta();
        for (String json : SimilarJson.documents(random, SHAPES, TEXTS)) {
            String type = random.nextInt(4) == 0 ? "ping" : DELTA;
            assertThat(read(knowing, type, json)).as("of %s: %s", type, json)
                    .isEqualTo(read(new BlockDelta(), type, json));
        }
    }

    private static List<Object> read(BlockDelta piece, String type, String json) {
        try {
            boolean isDelta = piece.read(type, json);
            return isDelta ? List.of(piece.index(), piece.kind(), piece.value()) : List.of(false);
        } catch (MalformedChunkException e) {
            return List.of(e.getMessage());
        }
    }

    @Test
    void aFormThatIsKnownIsNotWalkedAgain() {
        CountingTemplate template = new CountingTemplate();
        BlockDelta piece = new BlockDelta(template);
        for (int i = 0; i < 100; i++) {
            assertThat(piece.read(DELTA, SHAPES.getFirst().formatted("word " + i))).isTrue();
            assertThat(piece.value()).isEqualTo("word " + i);
        }
        assertThat(template.learned()).isOne();
    }
}
