package io.circuitbreaker.llm.chat;

import java.util.Optional;

/** One part of a message's content. What a dialect cannot express it drops and names. */
public sealed interface ContentPart {

    record Text(String text) implements ContentPart {
    }

    /** What the model declined to say; only in assistant messages. */
    record Refusal(String text) implements ContentPart {
    }

    /** @param detail {@code low}, {@code high} or {@code auto} */
    record Image(Media media, Optional<String> detail) implements ContentPart {
    }

    /** @param format {@code wav} or {@code mp3}; {@code base64} is the data as it came */
    record Audio(String base64, String format) implements ContentPart {
    }

    /** Something that only some servers take, such as a video; it reaches them in the client's JSON. */
    record Unknown(String type) implements ContentPart {
    }

    /** A document, by content or by an id that only the provider it was uploaded to knows. */
    record File(Optional<Media> media, Optional<String> fileId, Optional<String> filename) implements ContentPart {
    }
}
