package io.circuitbreaker.llm.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.AnswerSoFar;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import io.circuitbreaker.llm.sse.SseEvent;
import io.circuitbreaker.llm.sse.SseParser;
import io.circuitbreaker.llm.testing.DecodedAnswer;
import io.circuitbreaker.llm.testing.DecodedAnswer.Call;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link Dialect} and {@link ChunkReader} promise, for every language. A language has its transcripts in {@code
 * src/test/resources/streams/<name>}, written by hand; each says in its own words what {@link Transcript} states.
 */
public abstract class DialectContract {

    /** What must come of each transcript. In all of them the answer's id and model are those of {@link #HEAD}. */
    enum Transcript {

        /** With an event that has no data, and with whatever pings and comments the language has. */
        TEXT("Grüße, 世界 👋\n\"so\" é \\ said", "", List.of(), "stop", usage(12, 9, 4, 0), null),
        TOOLS("", "", List.of(new Call("call_a", "weather", "{\"city\":\"Zürich\"}"), new Call("call_b", "now", "{}")),
                "tool_calls", usage(40, 20, 0, 0), null),
        REASONING("Four.", "Two and two …", List.of(), "stop", usage(10, 8, 0, 6), null),
        /** The provider says that it is overloaded, after it has told what was used so far. */
        ERROR("Half an ", "", List.of(), "", usage(12, 2, 0, 0), Failure.Overloaded.class),
        /** The connection closes within an event, after the provider has told what was used so far. */
        CUT("Half an ", "", List.of(), "", usage(12, 2, 0, 0), Failure.ClosedEarly.class);

        private final String text;
        private final String reasoning;
        private final List<Call> toolCalls;
        private final String finish;
        private final TokenUsage usage;
        private final Class<? extends Failure> failure;

        Transcript(String text, String reasoning, List<Call> toolCalls, String finish, TokenUsage usage,
                   Class<? extends Failure> failure) {
            this.text = text;
            this.reasoning = reasoning;
            this.toolCalls = toolCalls;
            this.finish = finish;
            this.usage = usage;
            this.failure = failure;
        }

        private static TokenUsage usage(long prompt, long completion, long cached, long reasoning) {
            return TokenUsage.of(prompt, completion, cached, reasoning);
        }

        void assertCameOf(DecodedAnswer answer, String how) {
            assertThat(answer.failure().map(Object::getClass)).as("failure, %s", how)
                    .isEqualTo(Optional.ofNullable(failure));
            assertThat(answer.text()).as("text, %s", how).isEqualTo(text);
            assertThat(answer.reasoning()).as("reasoning, %s", how).isEqualTo(reasoning);
            assertThat(answer.toolCalls()).as("tool calls, %s", how).isEqualTo(toolCalls);
            assertThat(answer.finish().map(FinishReason::word).orElse("")).as("finish, %s", how).isEqualTo(finish);
            assertThat(answer.usage().map(Transcript::inOurWords)).as("usage, %s", how).contains(usage);
        }

        private static TokenUsage inOurWords(TokenUsage told) {
            return new TokenUsage(told.prompt(), told.completion(), told.total(), told.cached(), told.reasoning(),
                    Optional.empty());
        }
    }

    private static final StreamHead FALLBACK = new StreamHead("fallback", 1, "model-asked-for", "acme");
    private static final StreamHead HEAD = new StreamHead("answer-1", 1, "model-1-actual", "acme");
    private static final String KEY = "sk-secret-0123456789";
    private static final int[] STATUSES = {300, 400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 504,
        529, 599};

    // ---- what a language gives

    protected abstract Dialect dialect();

    /** The transcript {@code text}, said in one document. */
    protected abstract String wholeText();

    /** Data of events that the language has, or may come to have, and that say nothing of the answer. */
    protected abstract List<String> unknownEvents();

    /** Data of events of which nothing can be used: broken JSON, and a text and a finish beside a member of a wrong type. */
    protected abstract List<String> malformedEvents();

    /** Data of events after which the arguments of a tool call are not complete. */
    protected abstract List<String> openToolCall();

    /** Data of the event that says that nothing follows; empty if only the end of the connection does. */
    protected abstract Optional<String> lastWord();

    // ---- reading

    private ChunkReader reader() {
        return dialect().reader(FALLBACK, 1);
    }

    private byte[] bytes(Transcript transcript) {
        String name = "/streams/" + dialect().name() + "/" + transcript.name().toLowerCase(Locale.ROOT) + ".sse";
        try (InputStream file = DialectContract.class.getResourceAsStream(name)) {
            assertThat(file).as("src/test/resources%s", name).isNotNull();
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SseEvent event(String data) {
        return new SseEvent(SseEvent.DEFAULT_TYPE, data, "");
    }

    private static List<StreamingChunk> read(ChunkReader reader, String... data) {
        List<StreamingChunk> chunks = new ArrayList<>();
        for (String one : data) {
            reader.read(event(one), chunks::add);
        }
        return chunks;
    }

    /** Reads a transcript, and leaves the connection open. */
    private List<StreamingChunk> events(Transcript transcript, ChunkReader reader) {
        List<StreamingChunk> chunks = new ArrayList<>();
        byte[] body = bytes(transcript);
        new SseParser(event -> reader.read(event, chunks::add)).feed(body, 0, body.length);
        return chunks;
    }

    private static boolean saysSomething(StreamingChunk chunk) {
        return chunk.speaks() || chunk.decoded().stream().anyMatch(choice -> choice.finish().isPresent());
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("An answer is read the same in one piece, byte by byte, and cut in two at any place")
    void readsAnAnswerHoweverItIsCut(Transcript transcript) {
        byte[] body = bytes(transcript);
        transcript.assertCameOf(DecodedAnswer.of(body, reader()), "in one piece");
        transcript.assertCameOf(DecodedAnswer.of(IntStream.range(0, body.length)
                .mapToObj(i -> new byte[] {body[i]}).toList(), reader()), "byte by byte");
        for (int cut = 0; cut <= body.length; cut++) {
            transcript.assertCameOf(DecodedAnswer.of(List.of(Arrays.copyOf(body, cut),
                    Arrays.copyOfRange(body, cut, body.length)), reader()), "cut at " + cut);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("A choice's first chunk is its start, its last is its finish, and each comes once")
    void choicesStartAndFinishOnce(Transcript transcript) {
        List<StreamingChoice> choices = DecodedAnswer.of(bytes(transcript), reader()).chunks().stream()
                .flatMap(chunk -> chunk.decoded().stream()).toList();
        assertThat(choices.getFirst().delta().startsMessage()).isTrue();
        assertThat(choices.stream().filter(choice -> choice.delta().startsMessage())).hasSize(1);
        List<StreamingChoice> finishes = choices.stream().filter(choice -> choice.finish().isPresent()).toList();
        assertThat(finishes).hasSize(transcript.finish.isEmpty() ? 0 : 1);
        assertThat(finishes).allSatisfy(finish -> assertThat(finish).isSameAs(choices.getLast()));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("Usage is a chunk of its own and a running total: it replaces the one before, and never shrinks")
    void usageIsARunningTotal(Transcript transcript) {
        List<StreamingChunk> usages = DecodedAnswer.of(bytes(transcript), reader()).chunks().stream()
                .filter(chunk -> chunk.usage().isPresent()).toList();
        assertThat(usages).isNotEmpty().noneMatch(DialectContract::saysSomething);
        assertThat(usages.stream().map(chunk -> chunk.usage().orElseThrow().completion())).isSorted();
    }

    @Test
    @DisplayName("The head is the fallback until the provider says better, and always names our provider")
    void theHeadIsWhatIsKnown() {
        ChunkReader reader = reader();
        assertThat(reader.head()).isEqualTo(FALLBACK);
        DecodedAnswer.of(bytes(Transcript.TEXT), reader);
        assertThat(reader.head()).usingRecursiveComparison().ignoringFields("created").isEqualTo(HEAD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "\t \n"})
    @DisplayName("Blank data is passed over")
    void blankDataIsPassedOver(String blank) {
        ChunkReader reader = reader();
        assertThat(read(reader, blank, blank, blank, blank)).isEmpty();
        Transcript.TEXT.assertCameOf(DecodedAnswer.of(bytes(Transcript.TEXT), reader), "after blank data");
    }

    @Test
    @DisplayName("Events that the language does not know are passed over")
    void unknownEventsArePassedOver() {
        assertThat(unknownEvents()).isNotEmpty();
        ChunkReader reader = reader();
        assertThat(read(reader, unknownEvents().toArray(String[]::new))).noneMatch(DialectContract::saysSomething);
        assertThat(reader.finished()).isFalse();
        assertThat(reader.done()).isFalse();
    }

    // ---- events that cannot be understood

    @Test
    @DisplayName("An event is taken whole or not at all: of one that is malformed nothing is emitted and no finish counts")
    void aMalformedEventLeavesNothing() {
        assertThat(malformedEvents()).isNotEmpty();
        for (String malformed : malformedEvents()) {
            ChunkReader reader = reader();
            List<StreamingChunk> chunks = new ArrayList<>();
            assertThatThrownBy(() -> reader.read(event(malformed), chunks::add)).as(malformed)
                    .isInstanceOf(MalformedChunkException.class);
            assertThat(chunks).as(malformed).isEmpty();
            assertThat(reader.finished()).as(malformed).isFalse();
            assertThat(reader.done()).as(malformed).isFalse();
        }
    }

    @Test
    @DisplayName("After a malformed event the next can be read")
    void aMalformedEventDoesNotSpoilTheNext() {
        for (String malformed : malformedEvents()) {
            ChunkReader reader = reader();
            catchThrowable(() -> read(reader, malformed));
            Transcript.TEXT.assertCameOf(DecodedAnswer.of(bytes(Transcript.TEXT), reader), "after " + malformed);
        }
    }

    @Test
    @DisplayName("What a malformed event says is not in the exception: it may be somebody's answer")
    void aMalformedEventIsNotQuoted() {
        for (String malformed : malformedEvents()) {
            assertThatThrownBy(() -> read(reader(), malformed)).hasMessageNotContaining("secret");
        }
    }

    @Test
    @DisplayName("Within a tool call no event can be missed: a malformed one ends the answer")
    void noEventIsMissedWithinAToolCall() {
        for (String malformed : malformedEvents()) {
            ChunkReader reader = reader();
            assertThat(read(reader, openToolCall().toArray(String[]::new))).anyMatch(StreamingChunk::speaks);
            assertThatThrownBy(() -> read(reader, malformed)).as(malformed).isInstanceOfSatisfying(LlmException.class,
                    e -> assertThat(e.failure()).isInstanceOf(Failure.Malformed.class)
                            .extracting(Failure::message).asString().contains("provider 'acme'"));
        }
    }

    // ---- the end

    @ParameterizedTest
    @EnumSource(names = {"TEXT", "TOOLS", "REASONING"})
    @DisplayName("When the connection may close for good is known before it does")
    void finishedMeansThatAnEndIsGood(Transcript transcript) {
        ChunkReader reader = reader();
        assertThat(reader.finished()).isFalse();
        events(transcript, reader);
        assertThat(reader.finished()).isTrue();
        ChunkReader within = reader();
        read(within, openToolCall().toArray(String[]::new));
        assertThat(within.finished()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"TEXT", "TOOLS", "REASONING"})
    @DisplayName("With the provider's last word all has been emitted, without a call of end")
    void nothingIsHeldBackAfterTheLastWord(Transcript transcript) {
        ChunkReader reader = reader();
        List<StreamingChunk> chunks = events(transcript, reader);
        assertThat(reader.done()).isEqualTo(lastWord().isPresent());
        if (reader.done()) {
            assertThat(chunks.stream().flatMap(chunk -> chunk.usage().stream()).toList().getLast().completion())
                    .isEqualTo(transcript.usage.completion());
            assertThat(chunks.stream().flatMap(chunk -> chunk.decoded().stream()).toList().getLast().finish())
                    .contains(new FinishReason(transcript.finish));
        }
    }

    @Test
    @DisplayName("An end before the answer has begun is early, the provider's own last word included")
    void anEndWithoutAnAnswerIsEarly() {
        ChunkReader reader = reader();
        assertThat(catchThrowableOfType(LlmException.class, () -> reader.end(_ -> { })).failure())
                .isInstanceOf(Failure.ClosedEarly.class);
        lastWord().ifPresent(word -> assertThat(catchThrowableOfType(LlmException.class, () -> read(reader(), word))
                .failure()).isInstanceOf(Failure.ClosedEarly.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "}", "nonsense", "error: ", "error: {", "{\"error\":", "<html>", "\u0000"})
    @DisplayName("A line outside of any event is never a fault, and alone it makes no answer")
    void linesOutsideOfEventsAreNoFault(String line) {
        ChunkReader reader = reader();
        reader.unframed(line);
        reader.unframed(line.repeat(100_000));
        assertThat(catchThrowableOfType(LlmException.class, () -> reader.end(_ -> { })).failure())
                .isInstanceOf(Failure.ClosedEarly.class);
    }

    @Test
    @DisplayName("An error in lines outside of any event is why the answer ended early")
    void anErrorOutsideOfEventsIsTheReason() {
        ChunkReader reader = reader();
        reader.unframed("{\"error\": {\"message\": \"busy\", \"code\": 503,");
        reader.unframed("\"type\": \"overloaded_error\", \"status\": \"UNAVAILABLE\"}}");
        assertThat(catchThrowableOfType(LlmException.class, () -> reader.end(_ -> { })).failure())
                .isInstanceOf(Failure.Overloaded.class);
    }

    // ---- whole answers

    @Test
    @DisplayName("A document in place of a stream gives what the stream would")
    void readsAWholeAnswer() {
        Transcript.TEXT.assertCameOf(DecodedAnswer.ofWhole(wholeText(), reader()), "as a document");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[", "[]", "{}", "null", "5", "\"text\"", "<html>", "{\"what\":1}"})
    @DisplayName("A document that is no answer never looks like one")
    void aDocumentThatIsNoAnswerFails(String document) {
        List<StreamingChunk> chunks = new ArrayList<>();
        ChunkReader reader = reader();
        assertThat(catchThrowable(() -> {
            reader.readWhole(document, chunks::add);
            reader.end(chunks::add);
        })).isInstanceOfAny(MalformedChunkException.class, LlmException.class);
        assertThat(chunks).noneMatch(DialectContract::saysSomething);
    }

    // ---- the example

    @ParameterizedTest
    @MethodSource("exampleTokens")
    @DisplayName("The example is a complete answer of these tokens, with usage, and each token is a chunk")
    void theExampleIsAnAnswer(List<String> tokens) {
        DecodedAnswer answer = DecodedAnswer.of(dialect().example(tokens).getBytes(UTF_8), reader());
        assertThat(answer.failure()).isEmpty();
        assertThat(answer.text()).isEqualTo(String.join("", tokens));
        assertThat(answer.finish()).contains(FinishReason.STOP);
        assertThat(answer.usage()).isPresent();
        assertThat(answer.chunks().stream().filter(StreamingChunk::speaks)).hasSize(tokens.size());
    }

    static Stream<List<String>> exampleTokens() {
        return Stream.of(List.of("one"), List.of("The", " \"naïve\"", "\n世界 \\ 👋", "."));
    }

    // ---- requests

    private static LlmRequest request() {
        return new OpenAiDialect().readRequest(JsonText.parseObject("""
                {"model":"acme/asked","stream":true,"messages":[{"role":"user","content":"Begin a tale"}]}"""));
    }

    private static Upstream upstream(String keyHeader) {
        return new Upstream("acme", "model-7", new ApiKey(KEY), keyHeader);
    }

    @Test
    void theNameIsFitForConfigurationAndTheBaseUrlForAPath() {
        assertThat(dialect().name()).matches("[a-z0-9][a-z0-9-]*");
        assertThat(dialect().defaultBaseUrl()).startsWith("https://").doesNotEndWith("/");
        assertThat(dialect().request(request(), upstream("")).path()).startsWith("/");
        assertThat(dialect().modelList(upstream("")).path()).startsWith("/");
    }

    @Test
    @DisplayName("A request names the model as the provider does, not as the client did, and has the client's words")
    void aRequestNamesTheModel() {
        UpstreamRequest sent = dialect().request(request(), upstream(""));
        assertThat(sent.path() + sent.body()).contains("model-7").doesNotContain("asked");
        assertThat(JsonText.parseObject(sent.body()).toString()).contains("Begin a tale");
        assertThat(sent.dropped()).isEmpty();
    }

    @Test
    @DisplayName("An answer that broke off is part of the conversation")
    void aRequestGoesOnWithAnAnswer() {
        AnswerSoFar answer = new AnswerSoFar("Once upon a time", Optional.of("Go on."));
        assertThat(dialect().request(request().goingOn(answer), upstream("")).body())
                .containsSubsequence("Begin a tale", "Once upon a time", "Go on.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x-own-key"})
    @DisplayName("The key is in one header, the configured one if there is one, and nowhere else")
    void theKeyIsInOneHeader(String keyHeader) {
        for (UpstreamRequest sent : List.of(dialect().request(request(), upstream(keyHeader)),
                dialect().modelList(upstream(keyHeader)))) {
            List<String> with = sent.headers().entrySet().stream().filter(header -> header.getValue().contains(KEY))
                    .map(header -> header.getKey()).toList();
            assertThat(with).hasSize(1);
            assertThat(keyHeader).isIn("", with.getFirst());
            assertThat(sent.path() + sent.body() + sent).doesNotContain(KEY);
        }
    }

    @Test
    void withoutAKeyThereIsNoHeaderForIt() {
        Upstream without = new Upstream("acme", "model-7", ApiKey.NONE, "x-own-key");
        Upstream with = new Upstream("acme", "model-7", new ApiKey(KEY), "x-own-key");
        assertThat(dialect().request(request(), without).headers()).doesNotContainKey("x-own-key")
                .hasSize(dialect().request(request(), with).headers().size() - 1);
    }

    @Test
    @DisplayName("The list of models is asked for without a body")
    void theModelListHasNoBody() {
        assertThat(dialect().modelList(upstream("")).body()).isEmpty();
    }

    // ---- errors

    static Stream<String> errorBodies() {
        return Stream.of("", " ", "null", "5", "\"words\"", "[]", "[5]", "{}", "{", "[{\"error\":",
                "<html><h1>502</h1></html>",
                "{\"error\":5}", "{\"error\":null}", "{\"error\":\"words\"}", "{\"error\":{}}", "{\"message\":[{}]}",
                "{\"error\":{\"message\":5,\"type\":[],\"code\":{},\"param\":1,\"status\":7}}",
                "{\"error\":{\"details\":[1,{\"retryDelay\":7},{\"retryDelay\":\"soon\",\"reason\":null}]}}",
                "{\"error\":{\"code\":1e999999,\"details\":{\"a\":1}}}", "\uD800\u0000\uFFFF", "x".repeat(200_000),
                "{\"error\":{\"message\":\"" + "y".repeat(200_000) + "\"}}", "{\"error\":".repeat(50_000),
                "[".repeat(200_000));
    }

    @ParameterizedTest
    @MethodSource("errorBodies")
    @DisplayName("An error has a meaning whatever its body and its headers are, in words that are not long")
    void everyErrorHasAMeaning(String body) {
        for (int status : STATUSES) {
            for (String header : List.of("", "7", "-1", "9".repeat(40), "Mon, 32 Foo", "\u0000")) {
                Failure failure = dialect().failure(new ErrorResponse("acme", status, _ -> header, body, Instant.EPOCH));
                assertThat(failure.message()).contains("acme").hasSizeLessThan(3000);
            }
        }
    }

    @Test
    @DisplayName("A refused key is our operator's fault, and is not told in the provider's words, which may quote it")
    void aRefusedKeyIsNotQuoted() {
        Failure failure = dialect().failure(new ErrorResponse("acme", 401, _ -> "",
                "{\"error\":{\"message\":\"" + KEY + " is unknown\"}}", Instant.EPOCH));
        assertThat(failure).isInstanceOf(Failure.ProviderAuth.class);
        assertThat(failure.message()).doesNotContain(KEY);
    }
}
