package io.circuitbreaker.llm.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.Response;
import java.io.IOException;

/** Writes a response whose body is text, or none, where JAX-RS does not. */
final class PlainResponse {

    private PlainResponse() {
    }

    static void write(Response response, HttpServletResponse to) throws IOException {
        to.setStatus(response.getStatus());
        response.getStringHeaders().forEach((name, values) -> values.forEach(value -> to.addHeader(name, value)));
        if (response.getEntity() instanceof String text) {
            byte[] body = text.getBytes(UTF_8);
            to.setContentLength(body.length);
            to.getOutputStream().write(body);
        }
    }
}
