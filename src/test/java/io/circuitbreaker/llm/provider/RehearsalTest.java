package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.Dialect;
import java.io.IOException;
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
            ProviderCall call = new ProviderCall(Requests.saying("Say something"), Rehearsal.MODEL, new Cancellation());
            int speaking = 0;
            try (ChunkStream stream = rehearsal.open(call)) {
                while (stream.advance()) {
                    StreamingChunk chunk = stream.chunk();
                    speaking += chunk.speaks() ? 1 : 0;
                }
            }
            assertThat(speaking).isGreaterThanOrEqualTo(Dialect.EXAMPLE_TOKENS);
        } finally {
            rehearsal.close();
            client.close();
        }
    }
}
