package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class RehearsalTest {

    private static final int ANSWERS = 16;

    private final UpstreamClient client = new UpstreamClient();
    private final Rehearsal rehearsal = new Rehearsal(client, new Watchdog());

    @BeforeEach
    void start() {
        client.start();
    }

    @AfterEach
    void close() {
        rehearsal.close();
        client.close();
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    void everyLanguageIsPlayedToItsEnd(Language language) throws IOException {
        rehearsal.begin(language.dialect);
        assertThat(rehearsal.name()).isEqualTo(language.dialect.name());
        assertThat(rehearsal.models()).containsExactly(Rehearsal.MODEL);
        // One more than there are different answers, and more than one connection gives.
        List<Integer> tokens = IntStream.range(0, ANSWERS + 1).mapToObj(_ -> tokensOf(rehearsal)).toList();
        int sentence = Rehearsal.SENTENCE.size();
        assertThat(tokens.subList(0, ANSWERS - 1))
                .allSatisfy(count -> assertThat(count).isBetween(sentence, sentence + 1));
        assertThat(tokens.get(ANSWERS - 1)).isGreaterThanOrEqualTo(25 * sentence);
        assertThat(tokens.getLast()).isEqualTo(tokens.getFirst());
    }

    @Test
    void theUnderstudiesAreOfOtherClassesAndPlayTheSame() throws IOException {
        rehearsal.begin(Language.OPENAI.dialect);
        List<LlmProvider> all = Stream.concat(Stream.of(rehearsal), rehearsal.understudies().stream()).toList();
        // To the compiler two are still all that there are; with the third it knows that there may be any.
        assertThat(all.stream().map(Object::getClass)).doesNotHaveDuplicates().hasSize(3);
        assertThat(all.stream().map(LlmProvider::name)).doesNotHaveDuplicates();
        assertThat(all.stream().map(RehearsalTest::tokensOf)).allSatisfy(count -> assertThat(count).isPositive());
    }

    private static int tokensOf(LlmProvider provider) {
        ProviderCall call = new ProviderCall(Requests.saying("Say something"), Rehearsal.MODEL, new Cancellation());
        int speaking = 0;
        try (ChunkStream stream = provider.open(call)) {
            while (stream.advance()) {
                StreamingChunk chunk = stream.chunk();
                speaking += chunk.speaks() ? 1 : 0;
            }
        }
        return speaking;
    }
}
