package io.circuitbreaker.llm.it;

import io.circuitbreaker.llm.testing.AnthropicEvents;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.GoogleEvents;
import io.circuitbreaker.llm.testing.OpenAiEvents;
import java.util.Arrays;
import java.util.stream.IntStream;

/** What goes wrong with providers, in the words of each. */
final class FaultyReplies {

    /** Sixty tokens. */
    static final String[] ANSWER = tokens(0, 60);
    static final String TEXT = String.join("", ANSWER);

    private FaultyReplies() {
    }

    /** Tokens of which each differs from each other, so that none can be lost or come twice unseen. */
    static String[] tokens(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> " w" + i).toArray(String[]::new);
    }

    /** 429, with the wish to be left alone for a moment: in a header, or where Google says it. */
    static FakeReply busyForAMoment(Wire wire) {
        return switch (wire) {
            case OPENAI -> wire.refusal(429, "slow down").header("retry-after-ms", "100");
            case ANTHROPIC -> wire.refusal(429, "slow down").header("retry-after", "1");
            case GOOGLE -> json(429, """
                    {"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED","details":[
                    {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"0.1s"}]}}""");
        };
    }

    /** The account is empty, which another try does not change, whatever the headers say. */
    static FakeReply noCredit(Wire wire) {
        return switch (wire) {
            case OPENAI -> json(429, OpenAiEvents.errorBody("no credit", "insufficient_quota", "insufficient_quota"))
                    .header("retry-after", "1");
            case ANTHROPIC -> wire.refusal(400, "Your credit balance is too low");
            case GOOGLE -> json(402, GoogleEvents.errorBody(402, "no credit", ""));
        };
    }

    static FakeReply tooLong(Wire wire) {
        return switch (wire) {
            case OPENAI -> json(400, OpenAiEvents.errorBody("This model's maximum context length is 8 tokens.",
                    "invalid_request_error", "context_length_exceeded"));
            case ANTHROPIC -> wire.refusal(400, "prompt is too long: 9 tokens > 8 maximum");
            case GOOGLE -> wire.refusal(400,
                    "The input token count (9) exceeds the maximum number of tokens allowed (8).");
        };
    }

    /** The prompt was refused. Google says that with an answer that is empty. */
    static FakeReply filteredPrompt(Wire wire) {
        return switch (wire) {
            case OPENAI -> json(400, OpenAiEvents.errorBody("filtered", "invalid_request_error", "content_filter"));
            case ANTHROPIC -> wire.refusal(400, "Output blocked by content filtering policy");
            case GOOGLE -> FakeReply.sse().send(GoogleEvents.blocked("PROHIBITED_CONTENT"));
        };
    }

    /** The answer was begun, and then refused. */
    static FakeReply filteredAnswer(Wire wire, String... said) {
        return wire.said(said).send(switch (wire) {
            case OPENAI -> new String[] {OpenAiEvents.finish("content_filter"), OpenAiEvents.usage(5, 2),
                OpenAiEvents.DONE};
            case ANTHROPIC -> new String[] {AnthropicEvents.blockStop(0), AnthropicEvents.messageDelta("refusal", 2),
                AnthropicEvents.messageStop()};
            case GOOGLE -> new String[] {GoogleEvents.last("", "SAFETY", 5, 2)};
        });
    }

    /** A whole answer whose end is only said by its finish reason; for Google that is all there ever is. */
    static FakeReply withoutEndMarker(Wire wire, String... said) {
        String[] ending = wire.ending();
        int events = wire == Wire.GOOGLE ? ending.length : ending.length - 1;
        return wire.said(said).send(Arrays.copyOf(ending, events));
    }

    static FakeReply malformedBetween(Wire wire, String[] before, String[] after) {
        String[] rest = Arrays.stream(after).map(wire::token).toArray(String[]::new);
        return wire.said(before).send("data: {\"cut of\n\n").send(rest).send(wire.ending());
    }

    static FakeReply nothingButMalformed() {
        return FakeReply.sse().send("data: {\"a\n\n", "data: }\n\n", "data: [\n\n");
    }

    static FakeReply overloadedAsFirstEvent(Wire wire) {
        return FakeReply.sse().send(wire.beginning()).send(switch (wire) {
            case OPENAI -> OpenAiEvents.error("busy", "overloaded_error", "overloaded");
            case ANTHROPIC -> AnthropicEvents.error("busy", "overloaded_error");
            case GOOGLE -> GoogleEvents.error(503, "busy", "UNAVAILABLE");
        });
    }

    private static FakeReply json(int status, String body) {
        return FakeReply.status(status).body("application/json", body);
    }
}
