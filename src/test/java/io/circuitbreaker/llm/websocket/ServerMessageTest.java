package io.circuitbreaker.llm.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerMessageTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            [DONE]                                       | {"type":"done","id":"a\\"","seq":7}
            {"id":"c","choices":[{"index":0}]}           | {"type":"chunk","id":"a\\"","seq":7,"chunk":{"id":"c","choices":[{"index":0}]}}
            {"error":{"message":"m"}}                    | {"type":"error","id":"a\\"","seq":7,"error":{"message":"m"}}
            {"id":"c","choices":[],"usage":{"total":3}}  | {"type":"usage","id":"a\\"","seq":7,"usage":{"total":3}}
            {"choices":[],"filter":1}                    | {"type":"chunk","id":"a\\"","seq":7,"chunk":{"choices":[],"filter":1}}
            """)
    void eachKindOfEventIsAMessageOfItsOwn(String data, String message) {
        String said = ServerMessage.of("a\"", 7, data);
        assertThat(said).isEqualTo(message);
        JsonText.parseObject(said);
        assertThat(ServerMessage.isChunk(data)).isEqualTo(message.contains("\"chunk\""));
    }

    @Test
    void aChunkNamesWhatTheProviderLeavesOut() {
        assertThat(ServerMessage.chunk("a", 1, List.of("logit_bias", "se\"ed"), "{}")).isEqualTo(
                "{\"type\":\"chunk\",\"id\":\"a\",\"seq\":1,\"dropped_params\":[\"logit_bias\",\"se\\\"ed\"],\"chunk\":{}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``  | {"type":"error","error":{"message":"m"}}
            a   | {"type":"error","id":"a","error":{"message":"m"}}
            """)
    void anErrorNamesItsStreamWhereThereIsOne(String id, String message) {
        assertThat(ServerMessage.error(id, "{\"error\":{\"message\":\"m\"}}")).isEqualTo(message);
    }
}
