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

/** Turns away who may not call any resource, and notes who calls. */
@Provider
@ApplicationScoped
@Priority(Priorities.AUTHENTICATION)
public class ClientAuthFilter implements ContainerRequestFilter {

    // Fields, because RESTEasy looks for a constructor that takes nothing of CDI's.
    @Inject
    private ClientAccess access;

    @Inject
    private Errors errors;

    @Context
    private HttpServletRequest servletRequest;

    @Override
    public void filter(ContainerRequestContext request) {
        switch (access.decide(request::getHeaderString, servletRequest.getRemoteAddr())) {
            case ClientAccess.Decision.Admitted admitted ->
                    servletRequest.setAttribute(ClientAccess.CLIENT, admitted.client());
            case ClientAccess.Decision.Refused refused -> request.abortWith(errors.response(refused.why()));
        }
    }
}
