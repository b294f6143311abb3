package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;

/** What a client was told: the same whether it asked for a stream or for a whole answer. */
record Told(HttpResponse<String> response, boolean streaming) {

    String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** Its one end came, it is whole, and its usage is told once. */
    Told assertWhole(String text, String finish, int completionTokens) {
        assertWhole(text, finish);
        assertThat(usage().getInt("prompt_tokens")).isEqualTo(5);
        assertThat(usage().getInt("completion_tokens")).isEqualTo(completionTokens);
        return this;
    }

    /** Its one end came, and it is whole. */
    Told assertWhole(String text, String finish) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        if (streaming) {
            Events events = Events.of(response.body());
            assertThat(events.data()).as("ends").containsOnlyOnce(Events.DONE).endsWith(Events.DONE);
            assertThat(events.text()).isEqualTo(text);
            assertThat(finishes(events)).containsExactly(finish);
        } else {
            JsonArray choices = JsonText.parseObject(response.body()).getJsonArray("choices");
            assertThat(choices).hasSize(1);
            assertThat(choices.getJsonObject(0).getJsonObject("message").getString("content", "")).isEqualTo(text);
            assertThat(choices.getJsonObject(0).getString("finish_reason")).isEqualTo(finish);
        }
        return this;
    }

    /** It is told exactly once. */
    JsonObject usage() {
        if (!streaming) {
            return JsonText.parseObject(response.body()).getJsonObject("usage");
        }
        List<JsonObject> usages = Events.of(response.body()).json().stream()
                .filter(chunk -> chunk.get("usage") instanceof JsonObject).toList();
        assertThat(usages).as("usages").hasSize(1);
        return usages.getFirst().getJsonObject("usage");
    }

    /** In US dollars, told with the usage. */
    BigDecimal cost() {
        return usage().getJsonNumber("cost").bigDecimalValue();
    }

    private static List<String> finishes(Events events) {
        return events.json().stream()
                .flatMap(chunk -> chunk.get("choices") instanceof JsonArray choices ? choices.stream() : Stream.empty())
                .map(choice -> choice.asJsonObject().get("finish_reason"))
                .filter(JsonString.class::isInstance).map(reason -> ((JsonString) reason).getString()).toList();
    }

    /** @param model as clients name it */
    Told assertFrom(String model, int attempts) {
        assertThat(header("x-llm-provider") + "/" + header("x-llm-model")).isEqualTo(model);
        assertThat(header("x-llm-attempts")).isEqualTo(Integer.toString(attempts));
        return this;
    }

    /** Why not the first, or not at its first try; an empty text if it was. */
    Told assertReason(String reason) {
        assertThat(header("x-llm-fallback-reason")).isEqualTo(reason);
        return this;
    }

    /** Nothing of an answer came, and the status says why. */
    Told assertRefused(int status, String code, int attempts) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(Router.error(response).get("code")).isInstanceOfSatisfying(JsonString.class,
                told -> assertThat(told.getString()).isEqualTo(code));
        assertThat(header("x-llm-attempts")).isEqualTo(Integer.toString(attempts));
        return this;
    }

    /** It broke off after this text. A client that reads the whole is told by the status; the other by an event. */
    Told assertBrokeOff(String text, int status, String code) {
        if (!streaming) {
            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
            assertThat(Router.error(response).getString("code")).isEqualTo(code);
            return this;
        }
        assertThat(response.statusCode()).isEqualTo(200);
        Events events = Events.of(response.body());
        events.assertFailed(code);
        assertThat(finishes(events)).as("made-up finish").isEmpty();
        assertThat(events.text()).isEqualTo(text);
        return this;
    }
}
