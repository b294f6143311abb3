package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.dialect.JsonCursor;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.dialect.TextTemplate;
import java.util.BitSet;

/**
 * A side view of a chunk that will be forwarded as text: what the router must know of it, found in one walk. Belongs to
 * one stream; {@link #look} overwrites what it said of the chunk before.
 */
final class ChunkView {

    /** Beyond what any server answers with, and small enough for a set of bits. */
    private static final int MAX_CHOICE_INDEX = 1023;

    // the whole stream so far
    private final BitSet started = new BitSet();
    private final BitSet finished = new BitSet();
    private final BitSet calling = new BitSet();
    final ToolCallView toolCalls = new ToolCallView();
    String id = "";
    long created;
    String model = "";
    private final TextTemplate template;
    private boolean templateHasProvider;

    // the chunk at hand
    private final BitSet starting = new BitSet();
    private final BitSet finishing = new BitSet();
    /** Whether an error stands beside the choices, or instead of them. */
    boolean hasError;
    /** An error inside of a choice, as JSON text; null if none. */
    String choiceError;
    String usage;
    int usageFrom;
    int usageTo;
    boolean hasProvider;
    boolean hasChoiceList;
    /** Whether a choice ends with "error", which is how some servers say that they failed. */
    boolean endsInError;
    /** The choices that repeat their finish. */
    final BitSet repeatedFinish = new BitSet();
    private boolean mustMend;
    private int choices;
    /** How much speaks in it, of whatever kind. */
    private int utterances;
    /** Where the last of it stands if it is text, without the quotes; else -1. */
    private int textFrom;
    private int textTo;

    // the choice at hand
    private boolean hasDelta;
    private String finishReason;

    ChunkView() {
        this(new TextTemplate());
    }

    ChunkView(TextTemplate template) {
        this.template = template;
    }

    /** Whether all choices that have begun have ended. */
    boolean allFinished() {
        return !started.isEmpty() && started.equals(finished);
    }

    int startedChoices() {
        return started.cardinality();
    }

    boolean hasChoices() {
        return choices > 0;
    }

    /** Whether it has a real token. */
    boolean speaks() {
        return utterances > 0;
    }

    /** Whether the chunk has something that a client of OpenAI's own API would stumble over. */
    boolean needsRepair() {
        return mustMend || toolCalls.needsRepair();
    }

    /** Whether a choice calls a tool and has not ended, so that more of the call's arguments may follow. */
    boolean hasOpenToolCall() {
        for (int choice = calling.nextSetBit(0); choice >= 0; choice = calling.nextSetBit(choice + 1)) {
            if (!finished.get(choice)) {
                return true;
            }
        }
        return false;
    }

    /** The chunk at hand is good. One that turns out to be malformed never reaches the client, and ends nothing for it. */
    void taken() {
        started.or(starting);
        finished.or(finishing);
    }

    void look(String json) {
        reset();
        if (template.fits(json)) {
            hasChoiceList = true;
            choices = 1;
            utterances = 1;
            hasProvider = templateHasProvider;
        } else {
            walk(json);
        }
    }

    private void walk(String json) {
        JsonCursor cursor = new JsonCursor(json);
        cursor.enterObject();
        while (cursor.nextMember()) {
            member(cursor);
        }
        cursor.end();
        mustMend |= !hasChoiceList;
        if (isOnlyText()) {
            template.learn(json, textFrom, textTo);
            templateHasProvider = hasProvider;
        }
    }

    private boolean isOnlyText() {
        return choices == 1 && utterances == 1 && textFrom >= 0 && finishing.isEmpty() && usage == null && !hasError
                && choiceError == null && !needsRepair();
    }

    private void reset() {
        starting.clear();
        finishing.clear();
        hasError = false;
        choiceError = null;
        usage = null;
        hasProvider = false;
        hasChoiceList = false;
        endsInError = false;
        repeatedFinish.clear();
        mustMend = false;
        choices = 0;
        utterances = 0;
        textFrom = -1;
        toolCalls.nextChunk();
    }

    private void member(JsonCursor cursor) {
        if (cursor.keyIs("choices") && cursor.peek() == '[') {
            choices(cursor);
        } else if (cursor.keyIs("usage") && cursor.peek() == '{') {
            usageFrom = cursor.keyPosition();
            usage = cursor.raw();
            usageTo = cursor.position();
        } else if (cursor.keyIs("error")) {
            hasError |= isError(cursor);
        } else if (cursor.keyIs("x_groq") && cursor.peek() == '{') {
            groq(cursor);
        } else if (cursor.keyIs("provider")) {
            hasProvider = true;
            cursor.skip();
        } else if (id.isEmpty() && cursor.keyIs("id") && cursor.peek() == '"') {
            id = cursor.string();
        } else if (model.isEmpty() && cursor.keyIs("model") && cursor.peek() == '"') {
            model = cursor.string();
        } else if (created == 0 && cursor.keyIs("created") && isDigit(cursor.peek())) {
            created = cursor.integer();
        } else {
            cursor.skip();
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** OpenAI's own clients go by whether the member is true in their language; an empty string is not. */
    private static boolean isError(JsonCursor cursor) {
        char first = cursor.peek();
        String error = cursor.raw();
        return first == '{' || first == '"' && error.length() > 2;
    }

    /** Groq's own extension; older models give usage only here. */
    private void groq(JsonCursor cursor) {
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("usage") && cursor.peek() == '{' && usage == null) {
                usage = cursor.raw();
                usageFrom = -1;
            } else {
                cursor.skip();
            }
        }
    }

    private void choices(JsonCursor cursor) {
        hasChoiceList = true;
        cursor.enterArray();
        while (cursor.nextElement()) {
            choices++;
            choice(cursor);
        }
    }

    private void choice(JsonCursor cursor) {
        long index = 0;
        hasDelta = false;
        finishReason = "";
        toolCalls.nextChoice();
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("delta") && cursor.peek() == '{') {
                hasDelta = true;
                delta(cursor);
            } else if (cursor.keyIs("index")) {
                index = cursor.integer();
            } else if (cursor.keyIs("finish_reason")) {
                finishReason(cursor);
            } else if (cursor.keyIs("error") && cursor.peek() == '{') {
                choiceError = cursor.raw();
            } else {
                cursor.skip();
            }
        }
        choiceEnds(index);
    }

    private void finishReason(JsonCursor cursor) {
        boolean isNull = cursor.peek() == 'n';
        finishReason = cursor.string();
        mustMend |= !isNull && finishReason.isEmpty();
    }

    private void choiceEnds(long index) {
        if (index < 0 || index > MAX_CHOICE_INDEX) {
            throw new MalformedChunkException(
                    "a choice's index must be between 0 and " + MAX_CHOICE_INDEX + ", was " + index);
        }
        int choice = (int) index;
        starting.set(choice);
        mustMend |= !hasDelta;
        if (toolCalls.place(choice)) {
            // Of a malformed chunk, too: what it had of the call is lost.
            calling.set(choice);
        }
        if (finishReason.isEmpty()) {
            return;
        }
        endsInError |= finishReason.equals("error");
        if (finished.get(choice)) {
            repeatedFinish.set(choice);
            mustMend = true;
        }
        finishing.set(choice);
    }

    private void delta(JsonCursor cursor) {
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("content") && cursor.peek() == '[') {
                contentParts(cursor);
            } else if (cursor.keyIs("content") || cursor.keyIs("reasoning_content") || cursor.keyIs("reasoning")
                    || cursor.keyIs("refusal")) {
                text(cursor);
            } else if (cursor.keyIs("tool_calls") && cursor.peek() == '[') {
                count(toolCalls.walk(cursor));
            } else if ((cursor.keyIs("function_call") || cursor.keyIs("audio")) && cursor.peek() == '{') {
                count(true);
                cursor.skip();
            } else {
                cursor.skip();
            }
        }
    }

    private void text(JsonCursor cursor) {
        cursor.peek();
        int from = cursor.position() + 1;
        boolean some = cursor.skipNonEmptyString();
        count(some);
        if (some) {
            textFrom = from;
            textTo = cursor.position() - 1;
        }
    }

    private void count(boolean utterance) {
        if (utterance) {
            utterances++;
            textFrom = -1;
        }
    }

    private void contentParts(JsonCursor cursor) {
        mustMend = true;
        cursor.enterArray();
        while (cursor.nextElement()) {
            count(true);
            cursor.skip();
        }
    }
}
