package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import java.util.Optional;

/** OpenAI's usage object, both ways. */
final class Usages {

    private Usages() {
    }

    static TokenUsage read(String json) {
        try {
            JsonObject usage = JsonText.parseObject(json);
            long prompt = number(usage, "prompt_tokens");
            long completion = number(usage, "completion_tokens");
            long total = usage.containsKey("total_tokens") ? number(usage, "total_tokens") : prompt + completion;
            return new TokenUsage(prompt, completion, total, detail(usage, "prompt_tokens_details", "cached_tokens"),
                    detail(usage, "completion_tokens_details", "reasoning_tokens"),
                    Optional.of(OpenAiChunkReader.oneLine(json)));
        } catch (JsonException e) {
            throw new MalformedChunkException("the usage of a chunk is not JSON", e);
        }
    }

    static String write(TokenUsage usage) {
        return usage.original().orElseGet(() -> "{\"prompt_tokens\":" + usage.prompt() + ",\"completion_tokens\":"
                + usage.completion() + ",\"total_tokens\":" + usage.total()
                + ",\"prompt_tokens_details\":{\"cached_tokens\":" + usage.cached()
                + "},\"completion_tokens_details\":{\"reasoning_tokens\":" + usage.reasoning() + "}}");
    }

    private static long detail(JsonObject usage, String group, String name) {
        return usage.get(group) instanceof JsonObject details ? number(details, name) : 0;
    }

    private static long number(JsonObject object, String name) {
        return object.get(name) instanceof JsonNumber number ? number.longValue() : 0;
    }
}
