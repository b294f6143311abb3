package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import jakarta.inject.Inject;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;

/**
 * What nobody serves, in OpenAI's words: {@code web.xml} names it as the page of 404. Most who come here have set their
 * client up without {@code /v1}, and the server's own page would show them a Java exception.
 */
@WebServlet(urlPatterns = NowhereServlet.PATH)
public class NowhereServlet extends HttpServlet {

    static final String PATH = "/nowhere";
    private static final List<String> BELOW_VERSION = List.of("/chat/completions", "/models", "/streams", "/sessions",
            "/providers", "/tickets");

    @Inject
    private Errors errors;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object asked = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        String path = asked instanceof String uri ? uri : request.getRequestURI();
        PlainResponse.write(errors.response(new Failure.NotFound(message(path, request.getContextPath()), "not_found")),
                response);
    }

    static String message(String path, String context) {
        String below = path.startsWith(context) ? path.substring(context.length()) : path;
        boolean versionIsMissing = BELOW_VERSION.stream().anyMatch(api -> below.equals(api) || below.startsWith(api + "/"));
        return versionIsMissing ? "there is nothing at this address: the API is at " + context + "/v1" + below
                + ", so the client's base URL has to end in /v1" : "there is nothing at this address";
    }
}
