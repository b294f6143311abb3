package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Parts of messages that a language has no words for, where to leave them out would change what is asked. */
public final class UpstreamParts {

    /** A kind of part that means something only to the provider that the file was uploaded to. */
    public static final String UPLOADED_FILE = "a file by its id";

    private static final int SHOWN = 40;

    private UpstreamParts() {
    }

    /** What kind of part it is, where it is of a type that only some servers know. */
    public static String kind(ContentPart.Unknown part) {
        return "a part of type " + shown(part.type());
    }

    /** What kind of part it is. */
    public static String kindOfFile(String mimeType) {
        return "a file of type " + shown(mimeType);
    }

    /**
     * @param untold  what kind of part it is, if a language has no words for it
     * @param message where it stands in the client's request, e.g. {@code messages[2]}
     * @throws LlmException naming the first part that there are no words for
     */
    public static void checkNone(List<ContentPart> parts, Function<ContentPart, Optional<String>> untold, String message) {
        for (int i = 0; i < parts.size(); i++) {
            String where = message + ".content[" + i + "]";
            untold.apply(parts.get(i)).ifPresent(kind -> {
                throw new LlmException(Failure.InvalidRequest.of(where, "'" + where + "' is " + kind
                        + ", of which this provider cannot be told, and there is nothing else in the message"));
            });
        }
    }

    /** @param where the part stands in the client's request, as far as that is known */
    public static LlmException unknown(String where, ContentPart.Unknown part) {
        return new LlmException(Failure.InvalidRequest.of(where, "'" + where + "' has a part of type \"" + shown(part.type())
                + "\", and to this provider can be said only \"text\", \"image_url\", \"input_audio\", \"file\" and"
                + " \"refusal\""));
    }

    private static String shown(String type) {
        return type.length() <= SHOWN ? type : type.substring(0, SHOWN) + "…";
    }
}
