package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.JsonCursor;
import java.util.Optional;

/** Google's token counts, in OpenAI's convention. */
final class UsageMetadata {

    private long prompt;
    private long candidates;
    private long thoughts;
    private long cached;
    private long total;
    private boolean counted;

    private UsageMetadata() {
    }

    /** Empty if {@code json} counts nothing: Vertex sends a {@code usageMetadata} without numbers on early chunks. */
    static Optional<TokenUsage> read(String json) {
        UsageMetadata usage = new UsageMetadata();
        JsonCursor cursor = new JsonCursor(json);
        if (cursor.peek() != '{') {
            return Optional.empty();
        }
        cursor.enterObject();
        while (cursor.nextMember()) {
            usage.member(cursor);
        }
        return usage.counted ? Optional.of(usage.tokens()) : Optional.empty();
    }

    private void member(JsonCursor cursor) {
        if (cursor.keyIs("promptTokenCount")) {
            prompt = count(cursor);
        } else if (cursor.keyIs("candidatesTokenCount")) {
            candidates = count(cursor);
        } else if (cursor.keyIs("thoughtsTokenCount")) {
            thoughts = count(cursor);
        } else if (cursor.keyIs("cachedContentTokenCount")) {
            cached = count(cursor);
        } else if (cursor.keyIs("totalTokenCount")) {
            total = count(cursor);
        } else {
            cursor.skip();
        }
    }

    private long count(JsonCursor cursor) {
        counted = true;
        return cursor.integer();
    }

    /** The total is Google's own, where it says one: it has the prompts of its built-in tools in it, too. */
    private TokenUsage tokens() {
        long completion = candidates + thoughts;
        long all = total > 0 ? total : prompt + completion;
        return new TokenUsage(prompt, completion, all, cached, thoughts, Optional.empty());
    }
}
