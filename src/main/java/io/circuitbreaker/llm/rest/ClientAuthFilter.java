package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Lets in who has a configured key; where none is configured, who calls from this machine. A request that came through a
 * proxy, or that a browser made for a page of another host, only looks as if it came from here.
 */
@Provider
@ApplicationScoped
@Priority(Priorities.AUTHENTICATION)
public class ClientAuthFilter implements ContainerRequestFilter {

    private static final Set<String> LOOPBACK_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    private static final Pattern PORT = Pattern.compile(":\\d+$");
    private static final String BEARER = "bearer ";

    // Fields, because RESTEasy looks for a constructor that takes nothing of CDI's.
    @Inject
    private EdgeConfig config;

    @Inject
    private Errors errors;

    @Context
    private HttpServletRequest servletRequest;

    @Override
    public void filter(ContainerRequestContext request) {
        refusal(request).ifPresent(failure -> request.abortWith(errors.response(failure)));
    }

    private Optional<Failure> refusal(ContainerRequestContext request) {
        ClientKeys keys = config.clientKeys();
        if (!keys.areConfigured()) {
            return isLocal(request) ? Optional.empty() : refuse("this server has no client keys and so serves only clients "
                    + "on its own machine, called as localhost; to serve others set " + ClientKeys.KEY
                    + " (LLM_CLIENT_KEYS) to <name>:<SHA-256 of the key>");
        }
        Optional<String> key = bearer(request.getHeaderString(HttpHeaders.AUTHORIZATION));
        if (key.isEmpty()) {
            return refuse("no API key was given: send it as 'Authorization: Bearer <key>'");
        }
        return keys.nameOf(key.get()).isPresent() ? Optional.empty() : refuse("the API key is not known here");
    }

    private static Optional<Failure> refuse(String message) {
        return Optional.of(new Failure.Unauthenticated(message));
    }

    private boolean isLocal(ContainerRequestContext request) {
        boolean forwarded = request.getHeaderString("X-Forwarded-For") != null
                || request.getHeaderString("Forwarded") != null;
        return !forwarded && isLoopback(servletRequest.getRemoteAddr()) && isLoopbackHost(request.getHeaderString("Host"));
    }

    /** A page that has its own name point here is stopped by the name. */
    private static boolean isLoopbackHost(String host) {
        if (host == null) {
            return true;
        }
        String name = PORT.matcher(host).replaceFirst("").toLowerCase(Locale.ROOT);
        return LOOPBACK_HOSTS.contains(name);
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static Optional<String> bearer(String header) {
        boolean present = header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length());
        return present ? Optional.of(header.substring(BEARER.length()).strip()) : Optional.empty();
    }
}
