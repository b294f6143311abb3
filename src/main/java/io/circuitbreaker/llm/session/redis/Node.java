package io.circuitbreaker.llm.session.redis;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.Reading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** This server among the others: its sign of life, what it asks of them and what they ask of it. */
final class Node {

    private static final Logger LOG = Logger.getLogger(Node.class.getName());

    // configuration; a server that is started again is another one, for its streams are gone
    private final String id = UUID.randomUUID().toString();
    private final StoredStreams stored;
    private final Function<String, Optional<ReadableStream>> local;

    // any thread: how many read a stream of another server here
    private final Map<String, Integer> readHere = new ConcurrentHashMap<>();

    // the mirror's thread
    private final Map<String, Reading> readElsewhere = new HashMap<>();
    private final Set<String> cancelled = new HashSet<>();

    /** @param local finds the streams that this server makes */
    Node(StoredStreams stored, Function<String, Optional<ReadableStream>> local) {
        this.stored = stored;
        this.local = local;
    }

    String id() {
        return id;
    }

    int readersHere(String stream) {
        return readHere.getOrDefault(stream, 0);
    }

    /** Somebody reads a stream of another server here. */
    Reading read(String stream) {
        readHere.merge(stream, 1, Integer::sum);
        try {
            stored.claim(stream);
        } catch (JedisException e) {
            LOG.log(Level.FINE, e, () -> "stream " + stream + " is claimed with the next sign of life");
        }
        // Not taken back at once: others may read it here or elsewhere, and it is soon forgotten.
        return new Reading(() -> readHere.computeIfPresent(stream, (_, count) -> count == 1 ? null : count - 1));
    }

    /** Once in a while, by one thread. */
    void beat(Connection redis) {
        List<String> arguments = new ArrayList<>(List.of(Long.toString(stored.pace().alive().toMillis())));
        arguments.addAll(cancelled);
        List<?> asked = Reply.list(Script.BEAT.run(redis, Keys.node(id), arguments));
        cancelled.clear();
        readElsewhere(new HashSet<>(Reply.list(asked.get(0)).stream().map(Reply::text).toList()));
        Reply.map(asked.get(1)).forEach(this::cancel);
        renewClaims(redis);
    }

    private void readElsewhere(Set<String> streams) {
        readElsewhere.entrySet().removeIf(held -> {
            boolean over = !streams.contains(held.getKey());
            if (over) {
                held.getValue().close();
            }
            return over;
        });
        streams.forEach(stream -> local.apply(stream).ifPresent(
                found -> readElsewhere.computeIfAbsent(stream, _ -> found.read())));
    }

    private void cancel(String stream, String why) {
        local.apply(stream).ifPresent(found -> found.cancel(new Failure.Cancelled(why)));
        cancelled.add(stream);
    }

    private void renewClaims(Connection redis) {
        List<String> streams = List.copyOf(readHere.keySet());
        streams.forEach(stream -> redis.sendCommand(stored.claimCommand(stream)));
        for (Object reply : streams.isEmpty() ? List.of() : redis.getMany(streams.size())) {
            if (reply instanceof JedisDataException refused) {
                throw refused;
            }
        }
    }
}
