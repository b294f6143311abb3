package io.circuitbreaker.llm.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.edge.ChatRequests;
import io.circuitbreaker.llm.edge.ClientAccess;
import io.circuitbreaker.llm.edge.EdgeConfig;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Decides before the upgrade who may open a socket: by key in the header or by a one-time ticket in the address, and from
 * which pages. Whoever does not ask for an upgrade is told so at once.
 */
@WebFilter(urlPatterns = SocketGate.PATH, asyncSupported = true)
public class SocketGate extends HttpFilter {

    static final String PATH = "/ws";

    private static final int UPGRADE_REQUIRED = 426;

    @Inject
    private transient ClientAccess access;

    @Inject
    private transient Handshakes handshakes;

    @Inject
    private transient EdgeConfig config;

    @Inject
    private transient ChatRequests requests;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String nonce = request.getHeader("Sec-WebSocket-Key");
        if (nonce == null || !"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            response.setHeader("Upgrade", "websocket");
            refuse(response, UPGRADE_REQUIRED, Failure.InvalidRequest.of("",
                    "this address takes WebSocket connections only; the same is to be had at /v1/streams"));
            return;
        }
        if (!config.origins().mayConnect(request.getHeader("Origin"), request.getHeader("Host"))) {
            refuse(response, HttpServletResponse.SC_FORBIDDEN, new Failure.PermissionDenied("pages of this origin may not"
                    + " connect; llm.cors.allowed-origins (LLM_CORS_ALLOWED_ORIGINS) names those that may"));
            return;
        }
        switch (decide(request)) {
            case ClientAccess.Decision.Admitted admitted -> {
                handshakes.admit(nonce, admitted.client());
                chain.doFilter(request, response);
            }
            case ClientAccess.Decision.Refused refused ->
                    refuse(response, HttpServletResponse.SC_UNAUTHORIZED, refused.why());
        }
    }

    private ClientAccess.Decision decide(HttpServletRequest request) {
        String ticket = request.getParameter("ticket");
        return ticket == null ? access.decide(request::getHeader, request.getRemoteAddr()) : access.decideByTicket(ticket);
    }

    private void refuse(HttpServletResponse response, int status, Failure why) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json");
        response.getOutputStream().write(requests.openAi().error(why).getBytes(UTF_8));
    }
}
