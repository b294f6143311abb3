package io.circuitbreaker.llm.provider;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The head of a provider's answer, and those bodies that are read whole, within limits. */
final class UpstreamAnswer {

    private static final Logger LOG = Logger.getLogger(UpstreamAnswer.class.getName());
    private static final int ERROR_BODY_LIMIT = 64 * 1024;
    private static final int WHOLE_ANSWER_LIMIT = 64 * 1024 * 1024;

    private final String provider;
    private final UpstreamExchange exchange;

    UpstreamAnswer(String provider, UpstreamExchange exchange) {
        this.provider = provider;
        this.exchange = exchange;
    }

    UpstreamExchange exchange() {
        return exchange;
    }

    int status() {
        return exchange.status();
    }

    boolean succeeded() {
        return status() / 100 == 2;
    }

    /** In lower case; empty if the answer names none. */
    String contentType() {
        return exchange.header("content-type").toLowerCase(Locale.ROOT);
    }

    /** The answer as an error, with as much of its words as came. */
    ErrorResponse error() {
        int status = status();
        return new ErrorResponse(provider, status, exchange::header, errorBody(), Instant.now());
    }

    private String errorBody() {
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        byte[] some = new byte[4096];
        InputStream body = exchange.body();
        try {
            for (int read = 0; read >= 0 && words.size() < ERROR_BODY_LIMIT; read = body.read(some)) {
                words.write(some, 0, read);
            }
        } catch (IOException cutOff) {
            LOG.log(Level.FINE, cutOff, () -> "provider '" + provider + "' did not end the words of its error");
        }
        return words.toString(UTF_8);
    }

    /** Some servers answer a request for a stream with one document. */
    String whole(StreamGuard guard) {
        try {
            byte[] bytes = exchange.body().readNBytes(WHOLE_ANSWER_LIMIT);
            if (bytes.length == WHOLE_ANSWER_LIMIT) {
                throw Faults.exception(new Failure.Malformed("the answer of provider '" + provider
                        + "' exceeded the limit of " + WHOLE_ANSWER_LIMIT + " bytes"), true, null);
            }
            return new String(bytes, UTF_8);
        } catch (IOException e) {
            Failure why = guard.reason().orElseGet(() -> new Failure.ClosedEarly(
                    "provider '" + provider + "' broke the connection within its answer"));
            throw Faults.exception(why, true, e);
        }
    }
}
