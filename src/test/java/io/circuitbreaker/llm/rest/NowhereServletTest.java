package io.circuitbreaker.llm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NowhereServletTest {

    @ParameterizedTest
    @CsvSource({"/chat/completions, '', /v1/chat/completions", "/models/gpt-5, '', /v1/models/gpt-5",
        "/llm/chat/completions, /llm, /llm/v1/chat/completions"})
    void whoForgotTheVersionIsToldWhere(String path, String context, String right) {
        assertThat(NowhereServlet.message(path, context)).contains(" " + right + ",", "base URL");
    }

    @ParameterizedTest
    @CsvSource({"/favicon.ico, ''", "/v1/embeddings, ''", "/modelsx, ''", "/llm/v1/x, /llm"})
    void allElseIsJustNotThere(String path, String context) {
        assertThat(NowhereServlet.message(path, context)).isEqualTo("there is nothing at this address");
    }
}
