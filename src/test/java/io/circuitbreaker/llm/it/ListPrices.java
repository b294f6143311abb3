package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;

/** What models cost by the catalog that comes with the router. */
final class ListPrices {

    private static final String CATALOG = "/io/circuitbreaker/llm/routing/model-catalog.json";

    private ListPrices() {
    }

    /** One whose price is known. */
    static String model(Wire wire) {
        return switch (wire) {
            case OPENAI -> "gpt-5";
            case ANTHROPIC -> "claude-sonnet-4-5";
            case GOOGLE -> "gemini-2.5-flash";
        };
    }

    /** In US dollars. */
    static BigDecimal of(Wire wire, int promptTokens, int completionTokens) {
        JsonObject prices = prices(model(wire));
        return price(prices, "input", promptTokens).add(price(prices, "output", completionTokens));
    }

    private static BigDecimal price(JsonObject prices, String kind, int tokens) {
        return prices.getJsonNumber(kind).bigDecimalValue().multiply(BigDecimal.valueOf(tokens)).movePointLeft(6);
    }

    private static JsonObject prices(String model) {
        try (InputStream catalog = ListPrices.class.getResourceAsStream(CATALOG)) {
            return JsonText.parseObject(new String(catalog.readAllBytes(), UTF_8)).getJsonArray("models").stream()
                    .map(entry -> entry.asJsonObject()).filter(entry -> entry.getString("id").equals(model)).findFirst()
                    .orElseThrow().getJsonObject("prices");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
