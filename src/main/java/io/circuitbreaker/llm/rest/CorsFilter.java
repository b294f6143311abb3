package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.edge.Cors;
import io.circuitbreaker.llm.edge.EdgeConfig;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Lets pages of the configured origins call, and load the client. It stands before the check of keys: a preflight has no
 * key, and who is refused for want of one should be able to read so.
 */
@WebFilter(urlPatterns = {"/v1/*", "*.js"}, asyncSupported = true)
public class CorsFilter extends HttpFilter {

    @Inject
    private transient EdgeConfig config;

    private transient Cors cors;

    @Override
    public void init() {
        cors = new Cors(config.origins());
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String origin = request.getHeader("Origin");
        Optional<Map<String, String>> preflight = isPreflight(request)
                ? cors.preflight(origin, request.getHeader("Access-Control-Request-Headers")) : Optional.empty();
        if (preflight.isPresent()) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            preflight.get().forEach(response::setHeader);
            return;
        }
        cors.headers(origin).forEach(response::setHeader);
        chain.doFilter(request, response);
    }

    private static boolean isPreflight(HttpServletRequest request) {
        return request.getMethod().equals("OPTIONS") && request.getHeader("Access-Control-Request-Method") != null;
    }
}
