package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.dialect.UnframedError;
import io.circuitbreaker.llm.sse.SseEvent;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.util.Optional;
import java.util.function.Consumer;

/** Forwards chunks as text, with a side view of each for what the router must know. */
final class OpenAiChunkReader implements ChunkReader {

    private static final String DONE = "[DONE]";

    private final StreamHead fallback;
    private final int choices;
    private final String providerMember;
    private final ChunkView view = new ChunkView();
    private final UnframedError unframed = new UnframedError();
    private boolean spoke;
    private boolean done;

    /** @param choices how many were asked for; not every server makes more than one */
    OpenAiChunkReader(StreamHead fallback, int choices) {
        this.fallback = fallback;
        this.choices = choices;
        this.providerMember = "{\"provider\":" + JsonText.quote(fallback.provider()) + ",";
    }

    @Override
    public StreamHead head() {
        String id = view.id.isEmpty() ? fallback.id() : view.id;
        long created = view.created == 0 ? fallback.created() : view.created;
        return new StreamHead(id, created, fallback.model(), fallback.provider()).withModel(view.model);
    }

    @Override
    public void read(SseEvent event, Consumer<? super StreamingChunk> chunks) {
        String data = event.data();
        if (isDone(data)) {
            finish();
            return;
        }
        if (data.isBlank()) {
            return;
        }
        if (event.type().equals("error")) {
            throw error(data);
        }
        try {
            readChunk(data, chunks);
        } catch (MalformedChunkException e) {
            throw skippable(e);
        }
    }

    private void readChunk(String data, Consumer<? super StreamingChunk> chunks) {
        view.look(data);
        Optional<TokenUsage> usage = Optional.ofNullable(view.usage).map(Usages::read);
        boolean failed = saysError(data);
        String line = failed || hasOnlyUsage() ? "" : forwardable(data);
        // From here on nothing of it is malformed.
        usage.map(StreamingChunk::usage).ifPresent(chunks);
        if (failed) {
            throw failure(data);
        }
        view.taken();
        if (!line.isEmpty()) {
            forward(line, chunks);
        }
    }

    private RuntimeException skippable(MalformedChunkException e) {
        return view.hasOpenToolCall() ? e.inToolCall(fallback.provider()) : e;
    }

    private boolean hasOnlyUsage() {
        return view.usage != null && view.usageFrom >= 0 && !view.hasChoices();
    }

    private boolean saysError(String data) {
        return view.hasError || view.choiceError != null || view.endsInError || !view.hasChoiceList && isFlatError(data);
    }

    private LlmException failure(String data) {
        if (view.hasError || !view.hasChoiceList) {
            return error(data);
        }
        // Some servers say "error" as the reason of a finish, and nothing more.
        return view.choiceError != null ? error(view.choiceError) : new LlmException(Failure.ProviderFailed.of(
                "provider '" + fallback.provider() + "' ended the answer with finish_reason error"));
    }

    /** The form of older vLLM and of Mistral: {@code {"object":"error","message":…}}, without a member "error". */
    private static boolean isFlatError(String data) {
        try {
            return JsonText.parseObject(data).getString("object", "").equals("error");
        } catch (JsonException e) {
            throw new MalformedChunkException("a chunk without choices is not JSON", e);
        }
    }

    /** What of a chunk goes on; empty if nothing does. */
    private String forwardable(String data) {
        String json = view.usage == null || view.usageFrom < 0 ? data : withoutUsage(data);
        return view.needsRepair() ? mend(json).orElse("") : json;
    }

    private void forward(String json, Consumer<? super StreamingChunk> chunks) {
        spoke |= view.speaks();
        String line = oneLine(json);
        String named = view.hasProvider ? line : withProvider(line);
        chunks.accept(StreamingChunk.forwarded(
                new StreamingChunk.Wire(OpenAiDialect.NAME, named, WireChoices::of), view.speaks()));
    }

    private Optional<String> mend(String json) {
        try {
            return new ChunkRepair(view, head().id()).mend(json);
        } catch (JsonException | ClassCastException e) {
            throw new MalformedChunkException("a chunk that needs mending has an unknown shape", e);
        }
    }

    /** Usage goes on only if the client asked for it, and then in a chunk of its own. */
    private String withoutUsage(String data) {
        int from = view.usageFrom;
        int to = view.usageTo;
        int before = from - 1;
        while (data.charAt(before) <= ' ') {
            before--;
        }
        if (data.charAt(before) == ',') {
            return data.substring(0, before) + data.substring(to);
        }
        int comma = data.indexOf(',', to);
        int rest = comma >= 0 && data.substring(to, comma).isBlank() ? comma + 1 : to;
        return data.substring(0, from) + data.substring(rest);
    }

    private String withProvider(String json) {
        int brace = json.indexOf('{');
        return providerMember + json.substring(brace + 1);
    }

    /** Between members a line end is white space, and inside a string JSON allows none. */
    static String oneLine(String json) {
        boolean oneLine = json.indexOf('\n') < 0 && json.indexOf('\r') < 0;
        return oneLine ? json : json.replace('\n', ' ').replace('\r', ' ');
    }

    private static boolean isDone(String data) {
        return data.startsWith(DONE) && data.strip().equals(DONE);
    }

    private void finish() {
        if (!spoke && !view.allFinished()) {
            throw new LlmException(new Failure.ClosedEarly(
                    "provider '" + fallback.provider() + "' ended its stream without an answer"));
        }
        done = true;
    }

    private LlmException error(String json) {
        try {
            return new LlmException(OpenAiErrors.inStream(fallback.provider(), JsonText.parseObject(json)));
        } catch (JsonException notAnObject) {
            return new LlmException(Failure.ProviderFailed.of(
                    "provider '" + fallback.provider() + "' sent an error event that is not JSON"), notAnObject);
        }
    }

    /** A document that parses is complete, so that its finish may be missing as it may before {@code [DONE]}. */
    @Override
    public void readWhole(String json, Consumer<? super StreamingChunk> chunks) {
        try {
            JsonObject answer = JsonText.parseObject(json);
            String chunk = answer.get("choices") instanceof JsonArray choices
                    ? WholeAnswer.asChunk(answer, choices).toString() : json;
            read(new SseEvent(SseEvent.DEFAULT_TYPE, chunk, ""), chunks);
            finish();
        } catch (JsonException | ClassCastException e) {
            throw new MalformedChunkException("the answer is not a chat completion", e);
        }
    }

    @Override
    public void unframed(String line) {
        unframed.add(line);
    }

    @Override
    public boolean done() {
        return done;
    }

    @Override
    public boolean finished() {
        return done || view.allFinished() && view.startedChoices() >= choices;
    }

    @Override
    public void end(Consumer<? super StreamingChunk> chunks) {
        Optional<JsonObject> error = unframed.error();
        if (error.isPresent()) {
            throw new LlmException(OpenAiErrors.inStream(fallback.provider(), error.get()));
        }
        if (!finished()) {
            throw new LlmException(new Failure.ClosedEarly("provider '" + fallback.provider()
                    + "' closed the connection before it said that the answer was complete"));
        }
    }
}
