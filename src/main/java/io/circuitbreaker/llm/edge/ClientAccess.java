package io.circuitbreaker.llm.edge;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.Failure;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Lets in who has a configured key; where none is configured, who calls from this machine. A request that came through a
 * proxy, or that a browser made for a page of another host, only looks as if it came from here: a page cannot read what it
 * is answered, but the tokens are spent. Thread-safe.
 */
@Unproxied
public class ClientAccess {

    /** The attribute of a request that has the name of its client's key; empty where no keys are configured. */
    public static final String CLIENT = "io.circuitbreaker.llm.client";

    private static final Set<String> LOOPBACK_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    private static final Pattern PORT = Pattern.compile(":\\d+$");
    private static final String BEARER = "bearer ";

    /** For who needs no key. */
    public static final Decision ADMITTED = new Decision.Admitted("");

    /** Who calls, or why it may not. */
    public sealed interface Decision {

        /** @param client the name of its key; empty where no keys are configured */
        record Admitted(String client) implements Decision {
        }

        record Refused(Failure why) implements Decision {
        }
    }

    private final EdgeConfig config;
    private final Tickets tickets;

    @Inject
    public ClientAccess(EdgeConfig config, Tickets tickets) {
        this.config = config;
        this.tickets = tickets;
    }

    /**
     * @param header        looks one up in the request; null if it is absent
     * @param remoteAddress of the connection that it came on
     */
    public Decision decide(UnaryOperator<String> header, String remoteAddress) {
        ClientKeys keys = config.clientKeys();
        if (!keys.areConfigured()) {
            if (!isLocal(header, remoteAddress)) {
                return refused("this server has no client keys and so serves only clients on its own machine, called as"
                        + " localhost; to serve others set " + ClientKeys.KEY
                        + " (LLM_CLIENT_KEYS) to <name>:<SHA-256 of the key>");
            }
            String origin = header.apply("Origin");
            return origin == null || isKnown(origin) ? ADMITTED : refused("this server has no client keys and so serves"
                    + " pages of its own machine, and of others only where " + Origins.KEY
                    + " (LLM_CORS_ALLOWED_ORIGINS) names them; this one is of '" + origin + "'");
        }
        Optional<String> key = bearer(header.apply("Authorization"));
        if (key.isEmpty()) {
            return refused("no API key was given: send it as 'Authorization: Bearer <key>'");
        }
        Optional<String> client = keys.nameOf(key.get());
        return client.isPresent() ? new Decision.Admitted(client.get()) : refused("the API key is not known here");
    }

    /** The same for who has a ticket in its address. It is used up by this. */
    public Decision decideByTicket(String ticket) {
        return tickets.redeem(ticket).<Decision>map(Decision.Admitted::new).orElseGet(() -> refused(
                "the ticket has been used, is older than " + Tickets.LIFETIME.toSeconds() + " s, or never was"));
    }

    private static Decision refused(String message) {
        return new Decision.Refused(new Failure.Unauthenticated(message));
    }

    private static boolean isLocal(UnaryOperator<String> header, String remoteAddress) {
        boolean forwarded = header.apply("X-Forwarded-For") != null || header.apply("Forwarded") != null;
        return !forwarded && isLoopback(remoteAddress) && isLoopbackHost(header.apply("Host"));
    }

    private boolean isKnown(String origin) {
        int scheme = origin.indexOf("://");
        return config.origins().isConfigured(origin) || scheme > 0 && isLoopbackHost(origin.substring(scheme + 3));
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
