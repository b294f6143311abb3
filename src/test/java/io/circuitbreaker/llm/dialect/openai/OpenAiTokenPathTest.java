package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.circuitbreaker.llm.sse.SseEvent;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cost of a chunk, in bytes allocated: unlike time, that is the same on a busy machine. */
class OpenAiTokenPathTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @DisplayName("T45: the last of 50,000 chunks costs what the first ones did, little more than its text")
    @ValueSource(strings = {"{\"content\":\"Hello\"}", "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"x\"}}]}"})
    void aChunkCostsTheSameFromFirstToLast(String delta) {
        String chunk = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"m\","
                + "\"system_fingerprint\":\"fp\",\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"logprobs\":null,"
                + "\"finish_reason\":null}],\"usage\":null}";
        SseEvent event = new SseEvent(SseEvent.DEFAULT_TYPE, chunk, "");
        OpenAiChunkReader reader = new OpenAiChunkReader(OpenAiExchange.FALLBACK, 1);
        OpenAiChunkWriter writer = new OpenAiChunkWriter(OpenAiExchange.FALLBACK, true);
        allocated(reader, writer, event, 2_000);

        long early = allocated(reader, writer, event, 2_000);
        allocated(reader, writer, event, 44_000);
        long late = allocated(reader, writer, event, 2_000);

        assertThat(late).isLessThan(early + early / 4);
        assertThat(early / 2_000).isLessThan(5L * chunk.length());
    }

    private static long allocated(OpenAiChunkReader reader, OpenAiChunkWriter writer, SseEvent event, int times) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < times; i++) {
            reader.read(event, chunk -> writer.write(chunk, _ -> { }));
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
