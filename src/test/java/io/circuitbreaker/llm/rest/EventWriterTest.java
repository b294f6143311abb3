package io.circuitbreaker.llm.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class EventWriterTest {

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private boolean clientGone;
    private int flushes;

    private final ServletOutputStream out = new ServletOutputStream() {
        @Override
        public void write(int b) throws IOException {
            if (clientGone) {
                throw new IOException("broken pipe");
            }
            sent.write(b);
        }

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }
    };

    @Test
    void eventsAndHeartbeatsAreWhole() throws IOException {
        EventWriter writer = new EventWriter(out, AnswerForm.EVENTS);
        writer.event(1, "{}");
        writer.heartbeat();
        int before = flushes;
        writer.last(12, "\u00e9");
        assertThat(flushes).isEqualTo(before + 1);
        assertThat(sent.toString(UTF_8)).isEqualTo("id: 1\ndata: {}\n\n: ping\nid: 12\ndata: \u00e9\n\n");
    }

    @Test
    void whatKeepsAClientOfADocumentWaitingIsNoPartOfTheDocument() throws IOException {
        EventWriter writer = new EventWriter(out, AnswerForm.DOCUMENT);
        writer.heartbeat();
        writer.heartbeat();
        writer.document("{\"a\":\"\u00e9\"}");
        writer.flush();
        assertThat(sent.toString(UTF_8)).isEqualTo("\n\n{\"a\":\"\u00e9\"}");
        assertThat(JsonText.parseObject(sent.toString(UTF_8)).getString("a")).isEqualTo("\u00e9");
    }

    @Test
    void noHeartbeatFollowsTheEnd() throws IOException {
        EventWriter writer = new EventWriter(out, AnswerForm.EVENTS);
        writer.event(3, "{}");
        writer.close();
        writer.heartbeat();
        assertThat(sent.toString(UTF_8)).isEqualTo("id: 3\ndata: {}\n\n");
    }

    @Test
    void aClientThatCannotBeReachedIsGone() throws IOException {
        EventWriter writer = new EventWriter(out, AnswerForm.EVENTS);
        clientGone = true;
        assertThat(catchThrowableOfType(LlmException.class, () -> writer.event(3, "{}")).failure())
                .isInstanceOf(Failure.ClientGone.class);
        assertThat(catchThrowableOfType(LlmException.class, writer::heartbeat).failure())
                .isInstanceOf(Failure.ClientGone.class);
    }
}
