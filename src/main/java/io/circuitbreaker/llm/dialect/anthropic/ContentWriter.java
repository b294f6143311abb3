package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.chat.JsonText.JSON;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.Media;
import io.circuitbreaker.llm.dialect.UpstreamParts;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes the parts of a message as content blocks. Blank texts, which the API refuses, become nothing. */
final class ContentWriter {

    private final CacheMarks marks;
    private final DroppedParams dropped;

    ContentWriter(CacheMarks marks, DroppedParams dropped) {
        this.marks = marks;
        this.dropped = dropped;
    }

    /** What kind of part it is, where Anthropic has no words for it. */
    static Optional<String> untold(ContentPart part) {
        return switch (part) {
            case ContentPart.Text _, ContentPart.Refusal _, ContentPart.Image _ -> Optional.empty();
            case ContentPart.Audio _ -> Optional.of("audio");
            case ContentPart.Unknown unknown -> Optional.of(UpstreamParts.kind(unknown));
            case ContentPart.File file when file.media().isEmpty() -> Optional.of(UpstreamParts.UPLOADED_FILE);
            case ContentPart.File file -> file.media().filter(Media.Inline.class::isInstance)
                    .map(media -> ((Media.Inline) media).mimeType()).filter(type -> !isDocument(type))
                    .map(UpstreamParts::kindOfFile);
        };
    }

    /** What a user says. A message of which nothing would be left is not left out: it is what is asked. */
    List<JsonObject> question(List<ContentPart> parts, String message) {
        List<JsonObject> blocks = blocks(parts, message);
        if (blocks.isEmpty()) {
            UpstreamParts.checkNone(parts, ContentWriter::untold, message);
        }
        return blocks;
    }

    /** @param message where the parts stand in the client's request, e.g. {@code messages[2]} */
    List<JsonObject> blocks(List<ContentPart> parts, String message) {
        List<JsonObject> blocks = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            String where = message + ".content[" + i + "]";
            block(parts.get(i), where).map(block -> marks.on(block, where)).ifPresent(blocks::add);
        }
        return blocks;
    }

    /** The text blocks only; what else there is, is named. */
    List<JsonObject> texts(List<ContentPart> parts, String message) {
        List<JsonObject> blocks = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            String where = message + ".content[" + i + "]";
            if (parts.get(i) instanceof ContentPart.Text text) {
                text(text.text()).map(block -> marks.on(block, where)).ifPresent(blocks::add);
            } else {
                dropped.add(where);
            }
        }
        return blocks;
    }

    private Optional<JsonObject> block(ContentPart part, String where) {
        return switch (part) {
            case ContentPart.Text text -> text(text.text());
            case ContentPart.Refusal refusal -> text(refusal.text());
            case ContentPart.Image image -> Optional.of(image(image, where));
            case ContentPart.File file -> file(file, where);
            case ContentPart.Audio _ -> drop(where);
            case ContentPart.Unknown unknown -> throw UpstreamParts.unknown(where, unknown);
        };
    }

    static Optional<JsonObject> text(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(ofType("text").add("text", text).build());
    }

    private JsonObject image(ContentPart.Image image, String where) {
        image.detail().filter(detail -> !detail.equals("auto"))
                .ifPresent(_ -> dropped.add(where + ".image_url.detail"));
        return ofType("image").add("source", source(image.media())).build();
    }

    private Optional<JsonObject> file(ContentPart.File file, String where) {
        if (file.media().isEmpty()) {
            // An id means something only to the provider that the file was uploaded to.
            dropped.add(where + ".file.file_id");
            return Optional.empty();
        }
        return switch (file.media().get()) {
            case Media.Link link -> Optional.of(document(file, source(link)));
            case Media.Inline inline -> inlineFile(file, inline, where);
        };
    }

    private Optional<JsonObject> inlineFile(ContentPart.File file, Media.Inline inline, String where) {
        String type = inline.mimeType().toLowerCase(Locale.ROOT);
        if (type.equals("application/pdf")) {
            return Optional.of(document(file, source(inline)));
        }
        if (type.startsWith("image/")) {
            return Optional.of(ofType("image").add("source", source(inline)).build());
        }
        if (isDocument(type)) {
            return Optional.of(document(file, plainText(inline, where)));
        }
        return drop(where);
    }

    private static boolean isDocument(String mimeType) {
        String type = mimeType.toLowerCase(Locale.ROOT);
        return type.startsWith("text/") || type.startsWith("image/") || type.equals("application/json")
                || type.equals("application/pdf");
    }

    private static JsonObject document(ContentPart.File file, JsonObjectBuilder source) {
        JsonObjectBuilder document = ofType("document").add("source", source);
        file.filename().filter(name -> !name.isBlank()).ifPresent(name -> document.add("title", name));
        return document.build();
    }

    private static JsonObjectBuilder source(Media media) {
        return switch (media) {
            case Media.Link link -> ofType("url").add("url", link.url());
            case Media.Inline inline -> ofType("base64").add("media_type", inline.mimeType())
                    .add("data", inline.base64());
        };
    }

    private static JsonObjectBuilder plainText(Media.Inline inline, String where) {
        try {
            String text = new String(Base64.getDecoder().decode(inline.base64()), UTF_8);
            return ofType("text").add("media_type", "text/plain").add("data", text);
        } catch (IllegalArgumentException notBase64) {
            // Without the cause: its message may quote the document.
            throw new LlmException(Failure.InvalidRequest.of(where + ".file.file_data", where
                    + ".file.file_data must be base64, and its " + inline.base64().length() + " characters are not"));
        }
    }

    private Optional<JsonObject> drop(String where) {
        dropped.add(where);
        return Optional.empty();
    }

    private static JsonObjectBuilder ofType(String type) {
        return JSON.createObjectBuilder().add("type", type);
    }
}
