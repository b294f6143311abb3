package io.circuitbreaker.llm.it;

import io.circuitbreaker.llm.testing.AnthropicEvents;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.GoogleEvents;
import io.circuitbreaker.llm.testing.OpenAiEvents;
import java.util.ArrayList;
import java.util.List;

/** What the tests need of the providers' languages, so that one test runs for all three. */
enum Wire {

    OPENAI {
        @Override
        FakeReply answer(String... pieces) {
            return FakeReply.openAi(pieces);
        }

        @Override
        String[] beginning() {
            return new String[] {OpenAiEvents.role()};
        }

        @Override
        String token(String text) {
            return OpenAiEvents.content(text);
        }

        @Override
        String[] ending() {
            return new String[] {OpenAiEvents.finish("stop"), OpenAiEvents.usage(5, 2), OpenAiEvents.DONE};
        }

        @Override
        String errorBody(int status, String message) {
            return OpenAiEvents.errorBody(message, status < 500 ? "some_error" : "server_error", "some_code");
        }

        @Override
        String errorEvent(String message) {
            return OpenAiEvents.error(message, "server_error", "some_code");
        }
    },

    ANTHROPIC {
        @Override
        FakeReply answer(String... pieces) {
            return FakeReply.anthropic(pieces);
        }

        @Override
        String[] beginning() {
            return new String[] {AnthropicEvents.messageStart(5), AnthropicEvents.textStart(0), AnthropicEvents.ping()};
        }

        @Override
        String token(String text) {
            return AnthropicEvents.text(0, text);
        }

        @Override
        String[] ending() {
            return new String[] {AnthropicEvents.blockStop(0), AnthropicEvents.messageDelta("end_turn", 2),
                AnthropicEvents.messageStop()};
        }

        @Override
        String errorBody(int status, String message) {
            return AnthropicEvents.errorBody(message, switch (status) {
                case 400 -> "invalid_request_error";
                case 401 -> "authentication_error";
                case 403 -> "permission_error";
                case 404 -> "not_found_error";
                case 413 -> "request_too_large";
                case 429 -> "rate_limit_error";
                case 529 -> "overloaded_error";
                case 500, 504 -> "api_error";
                default -> "of_a_proxy";
            });
        }

        @Override
        String errorEvent(String message) {
            return AnthropicEvents.error(message, "api_error");
        }
    },

    GOOGLE {
        @Override
        FakeReply answer(String... pieces) {
            return FakeReply.google(pieces);
        }

        @Override
        String[] beginning() {
            return new String[0];
        }

        @Override
        String token(String text) {
            return GoogleEvents.text(text);
        }

        @Override
        String[] ending() {
            return new String[] {GoogleEvents.last("", "STOP", 5, 2)};
        }

        @Override
        String errorBody(int status, String message) {
            return GoogleEvents.errorBody(status, message, switch (status) {
                case 400 -> "INVALID_ARGUMENT";
                case 401 -> "UNAUTHENTICATED";
                case 403 -> "PERMISSION_DENIED";
                case 404 -> "NOT_FOUND";
                case 429 -> "RESOURCE_EXHAUSTED";
                case 500 -> "INTERNAL";
                case 503 -> "UNAVAILABLE";
                default -> "";
            });
        }

        @Override
        String errorEvent(String message) {
            return GoogleEvents.error(500, message, "INTERNAL");
        }
    };

    /** A whole and well-formed stream. */
    abstract FakeReply answer(String... pieces);

    /** Events before the first token. */
    abstract String[] beginning();

    abstract String token(String text);

    /** Events after the last token. */
    abstract String[] ending();

    abstract String errorBody(int status, String message);

    /** An error within a stream. */
    abstract String errorEvent(String message);

    /** A stream that has begun and said this; what follows is the test's. */
    FakeReply said(String... tokens) {
        List<String> events = new ArrayList<>(List.of(beginning()));
        for (String text : tokens) {
            events.add(token(text));
        }
        return FakeReply.sse().send(events.toArray(String[]::new));
    }

    FakeReply refusal(int status, String message) {
        return FakeReply.status(status).body("application/json", errorBody(status, message));
    }
}
