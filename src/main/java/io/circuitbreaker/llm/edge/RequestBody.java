package io.circuitbreaker.llm.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** A client's body as JSON, within its limit. */
public final class RequestBody {

    private RequestBody() {
    }

    /** @throws LlmException with {@code TooLarge} or {@code InvalidRequest}; no message quotes the body */
    public static JsonObject read(InputStream body, long announced, int limitInBytes) {
        if (announced > limitInBytes) {
            throw tooLarge(limitInBytes, announced + " bytes were announced");
        }
        byte[] bytes = bytes(body, limitInBytes);
        if (bytes.length > limitInBytes) {
            throw tooLarge(limitInBytes, "more were sent");
        }
        try {
            return JsonText.parseObject(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            throw invalid("the body is not UTF-8", e);
        } catch (JsonException | ClassCastException e) {
            throw invalid("the body is not one JSON object (" + bytes.length + " bytes)", e);
        }
    }

    private static byte[] bytes(InputStream body, int limitInBytes) {
        try {
            return body.readNBytes(limitInBytes + 1);
        } catch (IOException e) {
            throw invalid("the body could not be read to its end", e);
        }
    }

    private static LlmException tooLarge(int limitInBytes, String found) {
        return new LlmException(new Failure.TooLarge("the body exceeded the limit of " + limitInBytes + " bytes ("
                + EdgeConfig.MAX_BODY_SIZE + "): " + found));
    }

    /** Without the cause's message, which quotes the body. */
    private static LlmException invalid(String message, Exception cause) {
        LlmException invalid = new LlmException(Failure.InvalidRequest.of("", message));
        invalid.addSuppressed(new IllegalArgumentException(cause.getClass().getName()));
        return invalid;
    }
}
