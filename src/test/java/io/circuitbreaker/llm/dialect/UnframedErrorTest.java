package io.circuitbreaker.llm.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnframedErrorTest {

    private static Optional<JsonObject> error(String text) {
        UnframedError unframed = new UnframedError();
        text.lines().forEach(unframed::add);
        return unframed.error();
    }

    @Test
    @DisplayName("A pretty-printed error object is put together from its lines")
    void bareJsonObject() {
        Optional<JsonObject> error = error("""
                {
                  "error": {
                    "code": 503,
                    "message": "over: loaded"
                  }
                }
                """);

        assertThat(error.orElseThrow().getJsonObject("error").getInt("code")).isEqualTo(503);
    }

    @Test
    @DisplayName("A field named error is one, even if its object has no error inside")
    void fieldNamedError() {
        assertThat(error("error: {\"code\":400,\"message\":\"too long\"}"))
                .hasValueSatisfying(whole -> assertThat(whole.getInt("code")).isEqualTo(400));
        assertThat(error("error:{\"code\":400}")).isPresent();
    }

    @Test
    void errorMayBeAText() {
        assertThat(error("{\"error\":\"no model\"}"))
                .hasValueSatisfying(whole -> assertThat(whole.getString("error")).isEqualTo("no model"));
    }

    @Test
    void strayTextBeforeItDoesNotHideIt() {
        assertThat(error("upstream says\n{\"error\":{}}")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"error\":{}} and more", "error: {\"code\":1}\nerror: {\"code\":1}",
            "{\"error\":{}}\n{\"error\":{}}"})
    void whatFollowsDoesNotHideIt(String text) {
        assertThat(error(text)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "stray", "error: overloaded", "{", "{\"error\":", "{\"error\":{}", "{\"error\":null}",
            "{\"id\":1}", "{}", "note: {\"code\":400}", "<html>{}</html>"})
    void anythingElseIsNone(String text) {
        assertThat(error(text)).isEmpty();
    }

    @Test
    void nothingAddedNothingFound() {
        assertThat(new UnframedError().error()).isEmpty();
    }

    @Test
    @DisplayName("Endless stray lines do not pile up, and an error that came before them is kept")
    void endlessLinesAreDropped() {
        UnframedError unframed = new UnframedError();
        unframed.add("{\"error\":{\"code\":1}}");
        for (int i = 0; i < 100_000; i++) {
            unframed.add("x".repeat(1000));
        }
        assertThat(unframed.error()).isPresent();
    }
}
