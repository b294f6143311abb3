package io.circuitbreaker.llm.edge;

import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One-time passes for a WebSocket or an EventSource: a browser cannot send its key with one, and a key in an address would
 * stay in logs. A ticket is worth one connection within {@link #LIFETIME}. Thread-safe.
 */
@ApplicationScoped
public class Tickets {

    public static final Duration LIFETIME = Duration.ofSeconds(30);

    private static final int BYTES = 24;
    /** More than that many unused ones are not meant: the oldest go. */
    private static final int LIMIT = 10_000;

    private record Issued(String client, long at) {
    }

    private final SecureRandom random = new SecureRandom();
    private final LongSupplier nanoTime;
    // guarded by this; the oldest first
    private final Map<String, Issued> issued = new LinkedHashMap<>();

    public Tickets() {
        this(System::nanoTime);
    }

    Tickets(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** @param client the name of the key that it was asked for with */
    public synchronized String issue(String client) {
        forgetOld();
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        issued.put(ticket, new Issued(client, nanoTime.getAsLong()));
        return ticket;
    }

    /** The client that it was issued to; empty if it is none, has been used or is too old. */
    public synchronized Optional<String> redeem(String ticket) {
        forgetOld();
        return Optional.ofNullable(issued.remove(ticket)).map(Issued::client);
    }

    private void forgetOld() {
        long now = nanoTime.getAsLong();
        Iterator<Issued> oldest = issued.values().iterator();
        while (oldest.hasNext()) {
            boolean old = now - oldest.next().at >= LIFETIME.toNanos();
            if (!old && issued.size() < LIMIT) {
                return;
            }
            oldest.remove();
        }
    }
}
