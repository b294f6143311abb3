package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Recovery;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.StubProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** What a reader gets of an answer that others may go on with, to its end. */
final class Recoveries {

    static final Tactics CONTINUE = new Tactics(Optional.empty(), OptionalInt.empty(), OptionalInt.empty(),
            Optional.of(Recovery.CONTINUE));
    static final StreamingChunk FINISH = StreamingChunk.of(StreamingChoice.finish(FinishReason.STOP));
    static final Failure CUT = new Failure.ClosedEarly("cut");

    final TestRouter test;
    final List<StreamingChunk> chunks = new ArrayList<>();
    Optional<LlmException> failure = Optional.empty();

    private Recoveries(TestRouter test) {
        this.test = test;
    }

    /** Over a route of these. */
    static Recoveries of(LlmProvider... providers) {
        return of(request(), providers);
    }

    static Recoveries of(LlmRequest request, LlmProvider... providers) {
        Recoveries answer = new Recoveries(TestRouter.over(providers));
        answer.read(answer.test.router.open(request, answer.test.cancellation, answer.test.spent::add).stream());
        return answer;
    }

    static LlmRequest request() {
        return TestRouter.request("r", RoutingWish.NONE.with(CONTINUE));
    }

    private void read(ChunkStream stream) {
        try (stream) {
            while (stream.advance()) {
                chunks.add(stream.chunk());
            }
        } catch (LlmException e) {
            failure = Optional.of(e);
        }
    }

    String text() {
        return choices().stream().map(choice -> choice.delta().content()).collect(Collectors.joining());
    }

    List<StreamingChoice> choices() {
        return chunks.stream().flatMap(chunk -> chunk.decoded().stream()).toList();
    }

    List<String> finishes() {
        return choices().stream().flatMap(choice -> choice.finish().stream()).map(FinishReason::word).toList();
    }

    Optional<TokenUsage> usage() {
        return chunks.stream().flatMap(chunk -> chunk.usage().stream()).reduce((first, second) -> second);
    }

    static StreamingChunk text(String text) {
        return StreamingChunk.of(Delta.content(text));
    }

    /** Role, texts, finish. */
    static StreamingChunk[] answer(String... texts) {
        List<StreamingChunk> chunks = new ArrayList<>(List.of(begun(texts)));
        chunks.add(FINISH);
        return chunks.toArray(StreamingChunk[]::new);
    }

    /** Role and texts. */
    static StreamingChunk[] begun(String... texts) {
        List<StreamingChunk> chunks = new ArrayList<>(List.of(StreamingChunk.of(Delta.START)));
        Arrays.stream(texts).map(Recoveries::text).forEach(chunks::add);
        return chunks.toArray(StreamingChunk[]::new);
    }

    static StubProvider breaking(String name, String... texts) {
        return StubProvider.answers(name).says(begun(texts)).thenBreaksWith(CUT);
    }

    static StubProvider whole(String name, String... texts) {
        return StubProvider.answers(name).says(answer(texts));
    }
}
