package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Media;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.ToolCall;
import jakarta.json.JsonArray;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The messages of a client's request, one after the other: content as a string, as parts, or null. */
final class MessageReader {

    private final FunctionCalls functionCalls = new FunctionCalls();

    ChatMessage read(Fields message) {
        Role role = role(message);
        List<ToolCall> calls = toolCalls(message);
        if (calls.isEmpty()) {
            // Some servers say the same call in both forms.
            functionCalls.of(message).ifPresent(calls::add);
        }
        List<ContentPart> content = new ArrayList<>(content(message));
        boolean mayBeEmpty = role == Role.ASSISTANT;
        if (!mayBeEmpty && !message.has("content")) {
            throw message.invalid("content", "is required for this role and must be a string or an array of parts");
        }
        message.text("refusal").filter(text -> !text.isEmpty())
                .ifPresent(text -> content.add(new ContentPart.Refusal(text)));
        return new ChatMessage(role, content, message.text("name"), calls, toolCallId(message, role),
                reasoning(message));
    }

    private static Role role(Fields message) {
        String role = message.requiredText("role");
        return switch (role) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            case "tool", "function" -> Role.TOOL;
            default -> throw message.unknownWord("role",
                    "\"system\", \"developer\", \"user\", \"assistant\" or \"tool\"", role);
        };
    }

    private Optional<String> toolCallId(Fields message, Role role) {
        if (role != Role.TOOL) {
            return message.text("tool_call_id");
        }
        return message.requiredText("role").equals("tool") ? Optional.of(message.requiredText("tool_call_id"))
                : message.text("tool_call_id").or(functionCalls::lastCalled);
    }

    private static List<ContentPart> content(Fields message) {
        JsonValue content = message.value("content");
        return switch (content) {
            case JsonString text -> List.of(new ContentPart.Text(text.getString()));
            case JsonArray _ -> message.objects("content").stream().map(MessageReader::part).toList();
            case JsonValue other when other.getValueType() == JsonValue.ValueType.NULL -> List.of();
            default -> message.refuse("content", "a string or an array of parts");
        };
    }

    private static ContentPart part(Fields part) {
        String type = part.requiredText("type");
        return switch (type) {
            case "text" -> new ContentPart.Text(part.text("text")
                    .orElseThrow(() -> part.invalid("text", "is required for a part of type \"text\"")));
            case "refusal" -> new ContentPart.Refusal(part.text("refusal").orElse(""));
            case "image_url" -> image(part);
            case "input_audio" -> audio(part.requiredNested("input_audio"));
            case "file" -> file(part.requiredNested("file"));
            default -> new ContentPart.Unknown(type);
        };
    }

    private static ContentPart image(Fields part) {
        if (part.value("image_url") instanceof JsonString) {
            return new ContentPart.Image(media(part, "image_url", part.requiredText("image_url")), Optional.empty());
        }
        Fields image = part.requiredNested("image_url");
        return new ContentPart.Image(media(image, "url", image.requiredText("url")), image.text("detail"));
    }

    private static ContentPart audio(Fields audio) {
        return new ContentPart.Audio(audio.requiredText("data"), audio.requiredText("format"));
    }

    private static ContentPart file(Fields file) {
        Optional<Media> media = file.text("file_data").map(url -> media(file, "file_data", url));
        if (media.isEmpty() && !file.has("file_id")) {
            throw file.invalid("file_data", "or file_id is required for a part of type \"file\"");
        }
        return new ContentPart.File(media, file.text("file_id"), file.text("filename"));
    }

    private static Media media(Fields fields, String name, String url) {
        try {
            return Media.ofUrl(url);
        } catch (IllegalArgumentException e) {
            throw fields.invalid(name, "is not usable: " + e.getMessage());
        }
    }

    private static List<ToolCall> toolCalls(Fields message) {
        List<ToolCall> calls = new ArrayList<>();
        for (Fields call : message.objects("tool_calls")) {
            Optional<Fields> function = call.nested("function");
            // Custom tools are OpenAI's own; they reach a provider that speaks OpenAI in the client's JSON.
            function.ifPresent(f -> calls.add(new ToolCall(call.requiredText("id"), f.requiredText("name"),
                    f.text("arguments").orElse(""), call.json("extra_content"))));
        }
        return calls;
    }

    private static List<ReasoningBlock> reasoning(Fields message) {
        return message.array("reasoning_details").map(ReasoningDetails::read).orElse(List.of());
    }
}
