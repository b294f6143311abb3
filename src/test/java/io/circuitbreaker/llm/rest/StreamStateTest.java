package io.circuitbreaker.llm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.session.LiveStream;
import io.circuitbreaker.llm.session.MemoryStreamStore;
import io.circuitbreaker.llm.session.StreamInfo;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamState;
import io.circuitbreaker.llm.session.TestStores;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamStateTest {

    private final LiveStream stream = new MemoryStreamStore(TestStores.manager()).open(
            new StreamInfo("req_1", StreamOwner.of(""), "m", Instant.EPOCH, Optional.empty()), Duration.ZERO, _ -> { });

    private JsonObject state() {
        return JsonText.parseObject(StreamJson.state(stream));
    }

    @Test
    void theStateHasTheTextSoFar() {
        stream.append("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one \"}}]}");
        stream.append("{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"another\"}}]}");
        stream.append("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"two\"}}]}");
        assertThat(state().getString("text")).isEqualTo("one two");
        assertThat(state().getString("state")).isEqualTo("running");
        stream.append("[DONE]");
        stream.end(StreamState.COMPLETE);
        assertThat(state().getString("state")).isEqualTo("complete");
        assertThat(state().getInt("last_event_id")).isEqualTo(4);
    }

    @Test
    void whatTheProviderLeavesOutIsNamedAsSoonAsItAnswers() {
        assertThat(state()).doesNotContainKey("dropped_params");
        stream.begin(List.of("logit_bias", "seed"));
        assertThat(state().getJsonArray("dropped_params")).hasToString("[\"logit_bias\",\"seed\"]");
        stream.begin(List.of());
        assertThat(state()).doesNotContainKey("dropped_params");
    }
}
