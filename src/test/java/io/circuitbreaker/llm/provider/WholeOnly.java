package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.testing.FakeReply;

/** OpenAI, where an organisation may not stream a model. */
final class WholeOnly {

    private WholeOnly() {
    }

    static FakeReply refusal() {
        return refusalOf("stream");
    }

    static FakeReply refusalOf(String param) {
        return FakeReply.status(400).body("application/json", """
                {"error":{"message":"Your organization must be verified to stream this model.",\
                "type":"invalid_request_error","param":"%s","code":"unsupported_value"}}""".formatted(param));
    }

    static FakeReply document(String text) {
        return FakeReply.status(200).body("application/json", """
                {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"o9","choices":[{"index":0,\
                "message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],\
                "usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}""".formatted(text));
    }
}
