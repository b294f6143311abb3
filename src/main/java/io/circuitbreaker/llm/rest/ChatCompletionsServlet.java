package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.edge.ClientAccess;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code POST /v1/chat/completions}: one document, or with {@code "stream":true} server-sent events. Parses, checks and
 * admits on the container's thread and leaves the rest to {@link Exchanges}: a thread that waited here for a provider would
 * be one of few, held for as long.
 *
 * <p>A servlet, where all else is a resource: half of what the beginning of a stream costs was the way to a resource.
 */
@WebServlet(urlPatterns = {ChatCompletionsServlet.PATH, ChatCompletionsServlet.PATH + "/*"}, asyncSupported = true)
public class ChatCompletionsServlet extends HttpServlet {

    static final String PATH = "/v1/chat/completions";

    @Inject
    private ClientAccess access;

    @Inject
    private Errors errors;

    @Inject
    private ErrorMapper faults;

    @Inject
    private ChatBody bodies;

    @Inject
    private Exchanges exchanges;

    @Inject
    private WarmUp warmUp;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean handedOver = false;
        try {
            Optional<Exchanges> rehearsal = warmUp.of(request);
            admit(request, rehearsal.isPresent());
            rehearsal.orElse(exchanges).begin(bodies.read(request.getInputStream(), request), errors.openAi(), request,
                    response);
            handedOver = true;
        } catch (RuntimeException e) {
            PlainResponse.write(faults.toResponse(e), response);
        } finally {
            if (!handedOver && request.isAsyncStarted()) {
                request.getAsyncContext().complete();
            }
        }
    }

    private void admit(HttpServletRequest request, boolean ours) {
        Admission.carryOut(ours ? ClientAccess.ADMITTED
                : access.decide(request::getHeader, request.getRemoteAddr()), request);
        // Open Liberty gives an address with a slash at its end to the resources, unless all below it is the servlet's.
        if (request.getPathInfo() != null && !request.getPathInfo().equals("/")) {
            throw new NotFoundException();
        }
        if (!request.getMethod().equals("POST")) {
            throw new NotAllowedException("POST");
        }
        if (!isJson(request.getContentType())) {
            throw new NotSupportedException();
        }
    }

    private static boolean isJson(String type) {
        try {
            return type == null || MediaType.valueOf(type).isCompatible(MediaType.APPLICATION_JSON_TYPE);
        } catch (IllegalArgumentException e) {
            throw new LlmException(Failure.InvalidRequest.of("", "the header 'Content-Type' is none: " + type));
        }
    }
}
