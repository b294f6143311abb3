package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.Media;
import io.circuitbreaker.llm.dialect.UpstreamParts;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Content parts as Google's parts. An empty text is none: Google refuses empty parts. */
final class ContentParts {

    private static final Map<String, String> TYPES = Map.ofEntries(Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"), Map.entry("jpeg", "image/jpeg"), Map.entry("webp", "image/webp"),
            Map.entry("gif", "image/gif"), Map.entry("bmp", "image/bmp"), Map.entry("heic", "image/heic"),
            Map.entry("heif", "image/heif"), Map.entry("pdf", "application/pdf"), Map.entry("txt", "text/plain"),
            Map.entry("csv", "text/csv"), Map.entry("html", "text/html"), Map.entry("md", "text/markdown"));

    private final Set<String> dropped;

    ContentParts(Set<String> dropped) {
        this.dropped = dropped;
    }

    List<JsonObject> of(List<ContentPart> content) {
        return content.stream().flatMap(part -> of(part).stream()).toList();
    }

    static JsonObject text(String text) {
        return JsonText.JSON.createObjectBuilder().add("text", text).build();
    }

    /** What kind of part it is, where Google has no words for it. */
    static Optional<String> untold(ContentPart part) {
        return switch (part) {
            case ContentPart.Unknown unknown -> Optional.of(UpstreamParts.kind(unknown));
            case ContentPart.File file when file.media().isEmpty() -> Optional.of(UpstreamParts.UPLOADED_FILE);
            default -> Optional.empty();
        };
    }

    private Optional<JsonObject> of(ContentPart part) {
        return switch (part) {
            case ContentPart.Text(String text) -> nonEmpty(text);
            case ContentPart.Refusal(String text) -> nonEmpty(text);
            case ContentPart.Image(Media media, Optional<String> detail) -> {
                detail.filter(word -> !word.equals("auto")).ifPresent(_ -> dropped.add("detail"));
                yield Optional.of(media(media, "image/*"));
            }
            case ContentPart.Audio(String base64, String format) -> Optional.of(inline("audio/" + format, base64));
            case ContentPart.File file -> file(file);
            case ContentPart.Unknown unknown -> throw UpstreamParts.unknown("messages", unknown);
        };
    }

    private static Optional<JsonObject> nonEmpty(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text(text));
    }

    /** An id names a file at the provider it was uploaded to, which is not this one. */
    private Optional<JsonObject> file(ContentPart.File file) {
        if (file.media().isEmpty()) {
            dropped.add("file_id");
        }
        return file.media().map(media -> media(media, "application/octet-stream"));
    }

    private static JsonObject media(Media media, String typeIfUnknown) {
        return switch (media) {
            case Media.Inline(String type, String base64) -> inline(type, base64);
            case Media.Link(String url) -> JsonText.JSON.createObjectBuilder().add("fileData",
                    JsonText.JSON.createObjectBuilder().add("mimeType", type(url, typeIfUnknown)).add("fileUri", url))
                    .build();
        };
    }

    private static JsonObject inline(String type, String base64) {
        return JsonText.JSON.createObjectBuilder().add("inlineData",
                JsonText.JSON.createObjectBuilder().add("mimeType", type).add("data", base64)).build();
    }

    /** The type that the address' extension names. Google wants one, and we do not fetch the address to ask. */
    private static String type(String url, String typeIfUnknown) {
        String path = url.split("[?#]", 2)[0];
        String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(extension, typeIfUnknown);
    }
}
