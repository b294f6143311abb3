package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.edge.ClientAccess;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.util.regex.Pattern;

/**
 * Turns away who may not call any resource, and notes who calls. A stream can also be read with a ticket in the address: an
 * EventSource has no headers to send a key in.
 */
@Provider
@ApplicationScoped
@Priority(Priorities.AUTHENTICATION)
public class ClientAuthFilter implements ContainerRequestFilter {

    private static final Pattern STREAM = Pattern.compile("/?streams/[^/]+");

    // Fields, because RESTEasy looks for a constructor that takes nothing of CDI's.
    @Inject
    private ClientAccess access;

    @Context
    private HttpServletRequest servletRequest;

    @Override
    public void filter(ContainerRequestContext request) {
        Admission.carryOut(decide(request), servletRequest);
    }

    private ClientAccess.Decision decide(ContainerRequestContext request) {
        String ticket = readsStream(request) ? request.getUriInfo().getQueryParameters().getFirst("ticket") : null;
        return ticket == null ? access.decide(request::getHeaderString, servletRequest.getRemoteAddr())
                : access.decideByTicket(ticket);
    }

    private static boolean readsStream(ContainerRequestContext request) {
        return request.getMethod().equals("GET") && STREAM.matcher(request.getUriInfo().getPath()).matches();
    }
}
