package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.DialectContract;
import java.util.List;
import java.util.Optional;

class GoogleDialectTest extends DialectContract {

    @Override
    protected Dialect dialect() {
        return new GoogleDialect();
    }

    @Override
    protected String wholeText() {
        return """
                [{"candidates":[{"content":{"parts":[{"text":"Grüße, 世界 "}],"role":"model"},"index":0}],
                "modelVersion":"model-1-actual","responseId":"answer-1"}
                ,
                {"candidates":[{"content":{"parts":[{"text":"👋\\n\\"so\\" \\u00e9 \\\\ said"}],"role":"model"},
                "finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":9,
                "cachedContentTokenCount":4,"totalTokenCount":21},
                "modelVersion":"model-1-actual","responseId":"answer-1"}]""";
    }

    @Override
    protected List<String> unknownEvents() {
        return List.of("{}", "{\"somethingNew\":{\"text\":\"x\"}}", "{\"candidates\":[]}",
                "{\"candidates\":[{\"content\":{\"parts\":[{\"somethingNew\":{\"text\":\"x\"}}]},\"index\":0}]}");
    }

    @Override
    protected List<String> malformedEvents() {
        return List.of("{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"secret", "secret",
                "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"secret\"},{\"text\":5}]},"
                        + "\"finishReason\":\"STOP\"}]}",
                "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"secret\"},{\"functionCall\":{\"name\":\"f\","
                        + "\"args\":\"secret\"}}]},\"finishReason\":\"STOP\"}]}",
                "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"candidates\":[secret]}",
                "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"secret\"}]},\"finishReason\":\"STOP\"}],"
                        + "\"error\":{secret}}");
    }

    @Override
    protected List<String> openToolCall() {
        return List.of("{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\","
                + "\"willContinue\":true}}]}}]}");
    }

    @Override
    protected Optional<String> lastWord() {
        return Optional.empty();
    }
}
