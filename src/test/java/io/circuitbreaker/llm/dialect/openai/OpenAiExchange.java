package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.sse.SseEvent;
import io.circuitbreaker.llm.sse.SseListener;
import io.circuitbreaker.llm.sse.SseParser;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An upstream body run through parser, reader, writer and collector, as the router does it: a malformed chunk is
 * skipped, and a failure ends everything without a terminator.
 */
final class OpenAiExchange {

    static final StreamHead FALLBACK = new StreamHead("chatcmpl-fallback", 1700000000, "asked-model", "testprovider");

    private final OpenAiChunkReader reader;
    private final List<StreamingChunk> chunks = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private Optional<Failure> failure = Optional.empty();
    private int malformed;

    private OpenAiExchange(int choices) {
        reader = new OpenAiChunkReader(FALLBACK, choices);
    }

    /** The body as it came, framing included; then the connection closes. */
    static OpenAiExchange of(byte[] body) {
        return of(body, 1);
    }

    private static OpenAiExchange of(byte[] body, int choices) {
        OpenAiExchange exchange = new OpenAiExchange(choices);
        exchange.guarded(() -> exchange.stream(body));
        exchange.send();
        return exchange;
    }

    static OpenAiExchange ofText(String body) {
        return of(body.getBytes(StandardCharsets.UTF_8));
    }

    /** Each text as the data of an event; then the connection closes. */
    static OpenAiExchange ofData(String... data) {
        return ofChoices(1, data);
    }

    /** As {@link #ofData}, for a request of so many choices. */
    static OpenAiExchange ofChoices(int choices, String... data) {
        StringBuilder body = new StringBuilder();
        Stream.of(data).forEach(one -> body.append("data: ").append(one).append("\n\n"));
        return of(body.toString().getBytes(StandardCharsets.UTF_8), choices);
    }

    /** One document instead of a stream. */
    static OpenAiExchange ofWhole(String json) {
        OpenAiExchange exchange = new OpenAiExchange(1);
        exchange.guarded(() -> {
            exchange.reader.readWhole(json, exchange.chunks::add);
            exchange.end();
        });
        exchange.send();
        return exchange;
    }

    private void stream(byte[] body) {
        SseParser parser = new SseParser(new SseListener() {
            @Override
            public void event(SseEvent event) {
                if (!reader.done()) {
                    read(event);
                }
            }

            @Override
            public void ignored(String line) {
                reader.unframed(line);
            }
        });
        parser.feed(body, 0, body.length);
        end();
    }

    private void read(SseEvent event) {
        try {
            reader.read(event, chunks::add);
        } catch (MalformedChunkException e) {
            malformed++;
        }
    }

    private void end() {
        if (!reader.done()) {
            reader.end(chunks::add);
        }
    }

    private void guarded(Runnable reading) {
        try {
            reading.run();
        } catch (LlmException e) {
            failure = Optional.of(e.failure());
        }
    }

    private void send() {
        sent.addAll(sentTo(true));
    }

    private List<String> sentTo(boolean includeUsage) {
        List<String> events = new ArrayList<>();
        OpenAiChunkWriter writer = new OpenAiChunkWriter(reader.head(), includeUsage);
        chunks.forEach(chunk -> writer.write(chunk, events::add));
        if (failure.isEmpty()) {
            writer.end(events::add);
        }
        return events;
    }

    /** What a streaming client that asked for usage is sent. */
    List<String> sent() {
        return sent;
    }

    List<String> sentWithoutUsage() {
        return sentTo(false);
    }

    /** What a streaming client is sent, but for the terminator. */
    List<JsonObject> sentChunks() {
        return sent.stream().filter(event -> !event.equals("[DONE]")).map(JsonText::parseObject).toList();
    }

    String first() {
        return sent.getFirst();
    }

    /** What a client that does not stream is sent, also if the stream broke off. */
    JsonObject collected() {
        OpenAiCollector collector = new OpenAiCollector(reader.head());
        chunks.forEach(collector::add);
        return JsonText.parseObject(collector.response());
    }

    JsonObject message() {
        return collected().getJsonArray("choices").getJsonObject(0).getJsonObject("message");
    }

    List<StreamingChunk> chunks() {
        return chunks;
    }

    OpenAiChunkReader reader() {
        return reader;
    }

    Optional<Failure> failure() {
        return failure;
    }

    int malformed() {
        return malformed;
    }
}
