package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.ResponseFormat;
import io.circuitbreaker.llm.chat.Sampling;
import io.circuitbreaker.llm.chat.ToolChoice;
import io.circuitbreaker.llm.chat.ToolDefinition;
import io.circuitbreaker.llm.chat.Tooling;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A client's request, checked as far as we understand it. Unknown members are left to the provider; the ranges are
 * those of OpenAI's API reference.
 */
final class OpenAiRequestReader {

    private static final int MAX_CHOICES = 128;
    private static final int MAX_TOP_LOGPROBS = 20;
    private static final BigDecimal NO_LIMIT = BigDecimal.ONE.negate();

    private OpenAiRequestReader() {
    }

    static LlmRequest read(JsonObject body) {
        Fields fields = Fields.of(body);
        RoutingMembers routing = new RoutingMembers(fields);
        Optional<Fields> streamOptions = fields.nested("stream_options");
        return new LlmRequest(OpenAiDialect.NAME, RoutingMembers.without(body), routing.model(), messages(fields),
                sampling(fields), tooling(fields),
                fields.nested("response_format").flatMap(OpenAiRequestReader::responseFormat),
                fields.text("reasoning_effort"), fields.text("user"), metadata(fields),
                fields.flag("stream").orElse(false),
                streamOptions.flatMap(options -> options.flag("include_usage")).orElse(false), routing.wish());
    }

    private static List<ChatMessage> messages(Fields fields) {
        if (!fields.has("messages")) {
            throw fields.invalid("messages", "is required and must be an array with at least 1 message");
        }
        List<Fields> messages = fields.objects("messages");
        if (messages.isEmpty()) {
            throw fields.invalid("messages", "must have at least 1 message, had 0");
        }
        MessageReader reader = new MessageReader();
        return messages.stream().map(reader::read).toList();
    }

    private static Sampling sampling(Fields fields) {
        OptionalInt newer = limit(fields, "max_completion_tokens", 1);
        OptionalInt older = limit(fields, "max_tokens", 1);
        return new Sampling(fields.number("temperature", 0, 2), fields.number("top_p", 0, 1),
                limit(fields, "top_k", 0), newer.isPresent() ? newer : older, stop(fields),
                fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE), fields.number("frequency_penalty", -2, 2),
                fields.number("presence_penalty", -2, 2), fields.smallWhole("n", 1, MAX_CHOICES).orElse(1),
                fields.flag("logprobs").orElse(false), fields.smallWhole("top_logprobs", 0, MAX_TOP_LOGPROBS));
    }

    /** Servers of local models say -1 where they mean that there is none. */
    private static OptionalInt limit(Fields fields, String name, int min) {
        boolean none = fields.value(name) instanceof JsonNumber number && number.bigDecimalValue().equals(NO_LIMIT);
        return none ? OptionalInt.empty() : fields.smallWhole(name, min, Integer.MAX_VALUE);
    }

    private static List<String> stop(Fields fields) {
        if (!fields.has("stop")) {
            return List.of();
        }
        return switch (fields.value("stop").getValueType()) {
            case STRING -> List.of(((JsonString) fields.value("stop")).getString());
            case ARRAY -> fields.texts("stop");
            default -> fields.refuse("stop", "a string or an array of strings");
        };
    }

    private static Tooling tooling(Fields fields) {
        List<ToolDefinition> tools = fields.objects("tools").stream()
                .filter(OpenAiRequestReader::isFunction).map(OpenAiRequestReader::tool).toList();
        return new Tooling(tools, toolChoice(fields), fields.flag("parallel_tool_calls"));
    }

    /** Other kinds of tool are OpenAI's own; they reach a provider that speaks OpenAI in the client's JSON. */
    private static boolean isFunction(Fields tool) {
        return tool.text("type").orElse("function").equals("function");
    }

    private static ToolDefinition tool(Fields tool) {
        Fields function = tool.requiredNested("function");
        return new ToolDefinition(function.requiredText("name"), function.text("description"),
                function.json("parameters"), function.flag("strict").orElse(false));
    }

    private static Optional<ToolChoice> toolChoice(Fields fields) {
        if (!fields.has("tool_choice")) {
            return Optional.empty();
        }
        JsonValue value = fields.value("tool_choice");
        if (value instanceof JsonString word) {
            return Optional.of(switch (word.getString()) {
                case "auto" -> new ToolChoice.Auto();
                case "none" -> new ToolChoice.None();
                // Mistral's own word.
                case "required", "any" -> new ToolChoice.Required();
                default -> throw fields.unknownWord("tool_choice",
                        "\"auto\", \"none\", \"required\" or an object that names a function", word.getString());
            });
        }
        Fields choice = fields.requiredNested("tool_choice");
        return choice.nested("function").map(function -> new ToolChoice.Function(function.requiredText("name")));
    }

    /** Empty for the forms that only some servers know, such as a grammar: they have it from the client's JSON. */
    private static Optional<ResponseFormat> responseFormat(Fields format) {
        return switch (format.requiredText("type")) {
            case "text" -> Optional.of(new ResponseFormat.PlainText());
            case "json_object" -> Optional.of(new ResponseFormat.AnyJson());
            case "json_schema" -> Optional.of(jsonSchema(format.requiredNested("json_schema")));
            default -> Optional.empty();
        };
    }

    private static ResponseFormat jsonSchema(Fields schema) {
        return new ResponseFormat.JsonSchema(schema.requiredText("name"),
                schema.json("schema").orElse(JsonValue.EMPTY_JSON_OBJECT), schema.flag("strict").orElse(false));
    }

    private static Map<String, String> metadata(Fields fields) {
        Map<String, String> metadata = new LinkedHashMap<>();
        // Only OpenAI itself wants strings.
        fields.json("metadata").orElse(JsonValue.EMPTY_JSON_OBJECT).forEach((name, value) -> {
            if (value instanceof JsonString text) {
                metadata.put(name, text.getString());
            }
        });
        return metadata;
    }
}
