package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.anthropic.AnthropicDialect;
import io.circuitbreaker.llm.dialect.google.GoogleDialect;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import io.circuitbreaker.llm.testing.AnthropicEvents;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.GoogleEvents;
import io.circuitbreaker.llm.testing.OpenAiEvents;
import jakarta.json.JsonObject;
import java.util.stream.Collectors;

/** What each wire language says for the same thing. */
enum Language {

    OPENAI(new OpenAiDialect(), OpenAiEvents.role(), OpenAiEvents.comment("wait"), OpenAiEvents.finish("stop"),
            OpenAiEvents.DONE, OpenAiEvents.error("busy", "server_error", "overloaded")) {
        @Override
        FakeReply answer(String... pieces) {
            return FakeReply.openAi(pieces);
        }

        @Override
        String token(String text) {
            return OpenAiEvents.content(text);
        }

        @Override
        String errorBody(String message) {
            return OpenAiEvents.errorBody(message, "error", "");
        }
    },

    ANTHROPIC(new AnthropicDialect(), AnthropicEvents.messageStart(5) + AnthropicEvents.textStart(0),
            AnthropicEvents.ping(), AnthropicEvents.blockStop(0) + AnthropicEvents.messageDelta("end_turn", 2),
            AnthropicEvents.messageStop(), AnthropicEvents.error("busy", "overloaded_error")) {
        @Override
        FakeReply answer(String... pieces) {
            return FakeReply.anthropic(pieces);
        }

        @Override
        String token(String text) {
            return AnthropicEvents.text(0, text);
        }

        @Override
        String errorBody(String message) {
            return AnthropicEvents.errorBody(message, "api_error");
        }
    },

    GOOGLE(new GoogleDialect(), "", ": wait\r\n\r\n", GoogleEvents.last("", "STOP", 5, 2), "",
            GoogleEvents.error(503, "busy", "UNAVAILABLE")) {
        @Override
        FakeReply answer(String... pieces) {
            return FakeReply.google(pieces);
        }

        @Override
        String token(String text) {
            return GoogleEvents.text(text);
        }

        @Override
        String errorBody(String message) {
            return GoogleEvents.errorBody(500, message, "INTERNAL");
        }
    };

    final Dialect dialect;
    /** What comes before the first token. */
    final String preamble;
    /** Keeps a connection alive and says nothing. */
    final String ping;
    /** The finish, without what ends the stream after it. */
    final String finish;
    /** The last word; Google has none. */
    final String done;
    /** An error inside the stream: the provider is overloaded. */
    final String error;

    Language(Dialect dialect, String preamble, String ping, String finish, String done, String error) {
        this.dialect = dialect;
        this.preamble = preamble;
        this.ping = ping;
        this.finish = finish;
        this.done = done;
        this.error = error;
    }

    /** A whole and well-formed answer. */
    abstract FakeReply answer(String... pieces);

    abstract String token(String text);

    abstract String errorBody(String message);

    /** An answer that has begun with one token. */
    FakeReply begun(String text) {
        return FakeReply.sse().send(preamble).send(token(text));
    }

    /** A chunk's text, forwarded ones included. */
    static String text(StreamingChunk chunk) {
        return chunk.wire().map(wire -> JsonText.parseObject(wire.json())).map(Language::content).orElseGet(() ->
                chunk.choices().stream().map(choice -> choice.delta().content()).collect(Collectors.joining()));
    }

    private static String content(JsonObject chunk) {
        return chunk.getJsonArray("choices").getValuesAs(JsonObject.class).stream()
                .map(choice -> choice.getJsonObject("delta").getString("content", "")).collect(Collectors.joining());
    }
}
