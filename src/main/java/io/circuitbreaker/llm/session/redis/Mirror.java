package io.circuitbreaker.llm.session.redis;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.session.LiveStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The one thread that brings this server's streams to Redis: many events of many streams in one go. Those who make the
 * events only leave word that there are some, without a lock or a call of the system. Where Redis fails, it is tried again
 * and all streams are looked at anew; every command may come twice.
 */
final class Mirror {

    private static final Logger LOG = Logger.getLogger(Mirror.class.getName());
    private static final int COMMANDS_AT_ONCE = 500;
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);
    private static final int MOST_ABANDONED = 10_000;
    private static final Duration GOODBYE = Duration.ofSeconds(3);

    /** Redis 6.2 tells of an error that a command in a script has met as one of the script, and only then of its own. */
    private static final Pattern ERROR =
            Pattern.compile("(?:ERR Error running script .*?@user_script: ?\\d+: -?)?([A-Z]+) ");
    private static final Set<String> OF_ONE_STREAM = Set.of("ERR", "WRONGTYPE");

    // configuration
    private final RedisLink link;
    private final Node node;
    private final Pace pace;
    private final long storeSize;
    private final Thread thread;

    // any thread
    private final Map<String, MirroredStream> streams = new ConcurrentHashMap<>();
    private final Queue<MirroredStream> changed = new ConcurrentLinkedQueue<>();
    private volatile boolean reachable;
    private volatile boolean stopping;
    private volatile int waiting;
    private volatile long givenUp;

    // its own thread
    private boolean told;
    private final Deque<String> abandoned = new ArrayDeque<>();
    private long nextBeat = System.nanoTime();

    /** @param storeSize how much may wait for Redis of streams that have ended, in characters */
    Mirror(RedisLink link, Node node, Pace pace, long storeSize) {
        this.link = link;
        this.node = node;
        this.pace = pace;
        this.storeSize = storeSize;
        // A platform thread: the server must not seem dead to others because all carriers are busy.
        this.thread = Thread.ofPlatform().daemon().name("llm-mirror").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Begins to bring a stream to Redis, and waits a little until other servers can find it. */
    void add(LiveStream stream, Duration keep) {
        MirroredStream mirrored = new MirroredStream(stream, node.id(), keep, changed::add);
        streams.put(mirrored.id(), mirrored);
        stream.onChange(mirrored::changed);
        mirrored.changed();
        if (reachable) {
            LockSupport.unpark(thread);
            mirrored.awaitBegun(pace.opening());
        }
    }

    boolean isReachable() {
        return reachable;
    }

    /** Streams with events that are not in Redis, when it was last looked at. */
    int waiting() {
        return waiting;
    }

    /** Streams that are not in Redis whole. */
    long givenUp() {
        return givenUp;
    }

    /** Ends what runs, and lets Redis know of it. */
    void stop() {
        streams.values().forEach(mirrored -> mirrored.stream().cancel(new Failure.Cancelled("the server is shutting down")));
        long end = System.nanoTime() + GOODBYE.toNanos();
        while (reachable && !streams.isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(pace.batch().toNanos());
        }
        stopping = true;
        thread.interrupt();
    }

    private void run() {
        while (!stopping) {
            try (Connection redis = link.connect()) {
                Script.teach(redis);
                // One that is full or read-only answers, too, but does not take this.
                beat(redis, System.nanoTime());
                reached();
                while (!stopping) {
                    round(redis);
                    LockSupport.parkNanos(streams.isEmpty() ? nextBeat - System.nanoTime() : pace.batch().toNanos());
                }
            } catch (InterruptedException e) {
                return;
            } catch (JedisException e) {
                failed(e);
            } catch (RuntimeException | Error e) {
                LOG.log(Level.SEVERE, e, () -> "streams are not brought to " + link + " by our own fault; it is tried again");
                LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
            }
        }
    }

    private void beat(Connection redis, long now) {
        node.beat(redis);
        abandon(redis);
        nextBeat = now + pace.beat().toNanos();
    }

    private void reached() {
        LOG.info(() -> "streams are kept in " + link);
        reachable = true;
        told = false;
        streams.values().forEach(MirroredStream::changed);
    }

    private void failed(JedisException e) {
        if (stopping) {
            return;
        }
        reachable = false;
        if (!told) {
            told = true;
            LOG.log(Level.WARNING, e, () -> "the store of streams, " + link + ", cannot be used: until it can, streams are kept"
                    + " in the memory of this server alone, where other servers do not find them");
        }
        giveUpOldest();
        waiting = streams.size();
        LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
    }

    private void round(Connection redis) throws InterruptedException {
        long now = System.nanoTime();
        if (now - nextBeat >= 0) {
            beat(redis, now);
            streams.values().stream().filter(mirrored -> mirrored.isDue(now)).forEach(MirroredStream::changed);
            waiting = (int) streams.values().stream().filter(MirroredStream::isQueued).count();
        }
        // No more than there are now: the next round has its turn for a beat.
        int left = changed.size();
        while (left > 0) {
            List<MirroredStream> sent = send(redis, Math.min(left, COMMANDS_AT_ONCE), now);
            settle(sent, sent.isEmpty() ? List.of() : redis.getMany(sent.size()));
            left -= COMMANDS_AT_ONCE;
        }
    }

    private List<MirroredStream> send(Connection redis, int most, long now) throws InterruptedException {
        List<MirroredStream> sent = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            MirroredStream next = changed.remove();
            if (!next.isDone()) {
                next.next(now).ifPresent(command -> {
                    redis.sendCommand(command);
                    sent.add(next);
                });
            }
        }
        return sent;
    }

    private void settle(List<MirroredStream> sent, List<Object> replies) {
        for (int i = 0; i < sent.size(); i++) {
            MirroredStream mirrored = sent.get(i);
            if (replies.get(i) instanceof JedisDataException refused) {
                if (!isOfOneStream(refused.getMessage())) {
                    throw refused;
                }
                LOG.log(Level.SEVERE, refused, () -> "Redis does not take stream " + mirrored.id());
                giveUp(mirrored);
            } else {
                mirrored.answered(replies.get(i));
            }
            if (mirrored.isDone()) {
                remove(mirrored);
            }
        }
    }

    /** Where Redis is full, read-only or has other troubles of its own, its error has another word. */
    static boolean isOfOneStream(String refusal) {
        Matcher error = ERROR.matcher(refusal);
        return error.lookingAt() && OF_ONE_STREAM.contains(error.group(1));
    }

    private void remove(MirroredStream mirrored) {
        streams.remove(mirrored.id());
        if (mirrored.isTorn()) {
            givenUp++;
            LOG.warning(() -> "stream " + mirrored.id() + " is not whole in " + link);
        }
    }

    /** What has ended is held for Redis, but not without a bound. Redis forgets what it has of the others by itself. */
    private void giveUpOldest() {
        List<MirroredStream> ended = streams.values().stream()
                .filter(mirrored -> mirrored.stream().status().state().isEnd())
                .sorted(Comparator.comparing((MirroredStream mirrored) -> mirrored.stream().info().createdAt()).reversed())
                .toList();
        long characters = 0;
        for (MirroredStream mirrored : ended) {
            characters += mirrored.stream().characters();
            if (characters > storeSize) {
                giveUp(mirrored);
                remove(mirrored);
            }
        }
    }

    private void giveUp(MirroredStream mirrored) {
        mirrored.giveUp();
        abandoned.add(mirrored.id());
        if (abandoned.size() > MOST_ABANDONED) {
            // Those who read it are told when Redis forgets it.
            abandoned.remove();
        }
    }

    /** Their readers elsewhere need not wait for what does not come. */
    private void abandon(Connection redis) {
        while (!abandoned.isEmpty()) {
            Script.ABANDON.run(redis, Keys.stream(abandoned.element()), List.of());
            abandoned.remove();
        }
    }
}
