package io.circuitbreaker.llm.session.redis;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.session.ErrorEvents;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Questions to Redis about the streams of all servers. Thread-safe; blocks. Each method throws {@link JedisException} if
 * Redis does not answer.
 */
final class StoredStreams {

    private static final int ENTRIES_AT_ONCE = 256;
    private static final Duration CROWDED = Duration.ofMillis(50);

    private final RedisLink link;
    private final Pace pace;
    private final ErrorEvents errors;
    private final Duration keep;

    StoredStreams(RedisLink link, Pace pace, ErrorEvents errors, Duration keep) {
        this.link = link;
        this.pace = pace;
        this.errors = errors;
        this.keep = keep;
    }

    /**
     * How far a stream is. If its server is gone, it ends with this.
     *
     * @param reader the event that the one who asks has seen last
     */
    Optional<StoredInfo> look(String id, long reader) {
        Failure lost = new Failure.Unavailable("the rest of stream " + id + " is lost: its server has not been heard of for "
                + pace.alive().plus(pace.missed()).toMillis() + " ms, or could not hand it on", "server_lost");
        List<String> arguments = List.of(Keys.NODE, Long.toString(pace.missed().toMillis()), Long.toString(reader),
                errors.of(lost), Long.toString(keep.toMillis()));
        return StoredInfo.of(id, link.ask(redis -> Script.LOOK.run(redis, Keys.stream(id), arguments)));
    }

    /** What follows an event; waits for it, but no longer than servers need to notice that one of them is missing. */
    List<Entry> entries(String id, long after, Duration patience) {
        CommandArguments read = new CommandArguments(Command.XREAD).add("COUNT").add(ENTRIES_AT_ONCE);
        if (patience.toMillis() <= 0) {
            return entries(link.ask(redis -> redis.executeCommand(from(read, id, after))));
        }
        Duration most = link.isCrowded() ? CROWDED : pace.beat();
        long wait = Math.min(patience.toMillis(), most.toMillis());
        read.add("BLOCK").add(wait);
        return link.await(redis -> entries(redis.executeCommand(from(read, id, after)))).orElse(List.of());
    }

    private static CommandArguments from(CommandArguments read, String id, long after) {
        return read.add("STREAMS").add(Keys.events(id)).add(after + "-0");
    }

    /** Of {@code [[key, [entry, …]]]}, or nothing. */
    private static List<Entry> entries(Object reply) {
        return reply == null ? List.of()
                : Reply.list(Reply.list(Reply.list(reply).getFirst()).get(1)).stream().map(Entry::of).toList();
    }

    void cancel(String id, Failure why) {
        List<String> arguments = List.of(Keys.NODE, id, why.message(), Long.toString(keep.toMillis()));
        link.ask(redis -> Script.CANCEL.run(redis, List.of(Keys.info(id)), arguments));
    }

    void claim(String id) {
        link.ask(redis -> Script.CLAIM.run(redis, Keys.stream(id), claimArguments(id)));
    }

    CommandArguments claimCommand(String id) {
        return Script.CLAIM.command(Keys.stream(id), claimArguments(id));
    }

    private List<String> claimArguments(String id) {
        return List.of(Keys.NODE, id, Long.toString(pace.claim().toMillis()), Long.toString(keep.toMillis()));
    }

    Pace pace() {
        return pace;
    }

    @Override
    public String toString() {
        return link.toString();
    }
}
