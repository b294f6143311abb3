package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RehearsalTest {

    @ParameterizedTest
    @EnumSource(Language.class)
    @Timeout(30)
    void everyLanguageIsPlayedToItsEnd(Language language) throws IOException {
        UpstreamClient client = new UpstreamClient();
        client.start();
        Rehearsal rehearsal = new Rehearsal(client, new Watchdog());
        try {
            rehearsal.begin(language.dialect);
            assertThat(rehearsal.name()).isEqualTo(language.dialect.name());
            assertThat(rehearsal.models()).containsExactly(Rehearsal.MODEL);
            // One more than there are different answers, and more than one connection gives.
            List<Integer> tokens = IntStream.range(0, 9).mapToObj(_ -> tokensOf(rehearsal)).toList();
            int sentence = Rehearsal.SENTENCE.size();
            assertThat(tokens.subList(0, 7)).allSatisfy(count -> assertThat(count).isBetween(sentence, sentence + 1));
            assertThat(tokens.get(7)).isGreaterThanOrEqualTo(25 * sentence);
            assertThat(tokens.get(8)).isEqualTo(tokens.getFirst());
        } finally {
            rehearsal.close();
            client.close();
        }
    }

    private static int tokensOf(Rehearsal rehearsal) {
        ProviderCall call = new ProviderCall(Requests.saying("Say something"), Rehearsal.MODEL, new Cancellation());
        int speaking = 0;
        try (ChunkStream stream = rehearsal.open(call)) {
            while (stream.advance()) {
                StreamingChunk chunk = stream.chunk();
                speaking += chunk.speaks() ? 1 : 0;
            }
        }
        return speaking;
    }
}
