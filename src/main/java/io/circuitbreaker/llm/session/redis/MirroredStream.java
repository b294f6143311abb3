package io.circuitbreaker.llm.session.redis;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.session.LiveStream;
import io.circuitbreaker.llm.session.Page;
import io.circuitbreaker.llm.session.StreamState;
import io.circuitbreaker.llm.session.StreamStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import redis.clients.jedis.CommandArguments;

/**
 * One stream of this server on its way to Redis. It is read like any stream is, so what waits for Redis is what the stream
 * keeps anyhow, and no more; what has left that before Redis could take it is missing there, which readers are told.
 */
final class MirroredStream {

    // configuration
    private final LiveStream stream;
    private final String node;
    private final Duration keep;
    private final Consumer<MirroredStream> queue;

    // any thread
    private final AtomicBoolean queued = new AtomicBoolean();
    private final CountDownLatch begun = new CountDownLatch(1);

    // the mirror's thread
    private boolean known;
    private boolean done;
    private boolean torn;
    private long mirrored;
    private long renewedAt;

    /**
     * @param keep  how long Redis keeps it without a sign of it
     * @param queue hears when there is something to be sent
     */
    MirroredStream(LiveStream stream, String node, Duration keep, Consumer<MirroredStream> queue) {
        this.stream = stream;
        this.node = node;
        this.keep = keep;
        this.queue = queue;
    }

    LiveStream stream() {
        return stream;
    }

    String id() {
        return stream.info().id();
    }

    /** There is something new, or all has to be looked at again; from any thread. */
    void changed() {
        // The plain read first: most events find it queued.
        if (!queued.get() && queued.compareAndSet(false, true)) {
            queue.accept(this);
        }
    }

    boolean isQueued() {
        return queued.get();
    }

    /** Waits until other servers can find it. */
    void awaitBegun(Duration limit) {
        try {
            begun.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is to be sent next, if there is something. */
    Optional<CommandArguments> next(long now) throws InterruptedException {
        queued.set(false);
        if (!known) {
            mirrored = stream.status().oldestEvent() - 1;
            return Optional.of(begin());
        }
        return switch (stream.after(mirrored, Duration.ZERO)) {
            case Page.Events events -> Optional.of(append(events, now));
            case Page.Silence _ -> isDue(now)
                    ? Optional.of(append(new Page.Events(mirrored + 1, List.of(), false), now)) : Optional.empty();
            case Page.Gone gone -> {
                torn = true;
                mirrored = gone.oldest() - 1;
                yield next(now);
            }
            // Redis has what was never sent: append says whose end that is.
            case Page.Ahead _ -> Optional.of(append(new Page.Events(mirrored + 1, List.of(), false), now));
        };
    }

    private CommandArguments begin() {
        List<String> arguments = new ArrayList<>(List.of(millis(keep)));
        StoredInfo.fields(stream.info(), node, mirrored).forEach((name, value) -> arguments.addAll(List.of(name, value)));
        return Script.BEGIN.command(Keys.stream(id()), arguments);
    }

    private CommandArguments append(Page.Events events, long now) {
        StreamStatus status = stream.status();
        String end = events.last() ? status.state().word() : "";
        boolean renew = events.last() || isDue(now);
        List<String> arguments = new ArrayList<>(events.data().size() + 4);
        arguments.addAll(List.of(renew ? millis(keep) : "0", Long.toString(status.oldestEvent()), end,
                Long.toString(events.firstId())));
        arguments.addAll(events.data());
        renewedAt = renew ? now : renewedAt;
        return Script.APPEND.command(Keys.stream(id()), arguments);
    }

    /** Whether Redis has to be told to keep it on. */
    boolean isDue(long now) {
        return renewedAt == 0 || now - renewedAt >= keep.toNanos() / 4;
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }

    /** Redis' reply to what was sent. */
    void answered(Object reply) {
        if (!known) {
            known = true;
            renewedAt = 0;
            begun.countDown();
            changed();
            return;
        }
        String state = Reply.text(Reply.list(reply).get(0));
        long newest = (Long) Reply.list(reply).get(1);
        if (state.isEmpty()) {
            known = false;
            changed();
        } else if (state.equals(StreamState.RUNNING.word())) {
            mirrored = newest;
            goOn();
        } else {
            done = true;
            checkEnd(state, newest);
        }
    }

    private void goOn() {
        StreamStatus status = stream.status();
        if (status.newestEvent() > mirrored || status.state().isEnd()) {
            changed();
        }
    }

    /** A stream has one history: where others have written its end, it has ended. */
    private void checkEnd(String state, long newest) {
        StreamStatus status = stream.status();
        if (!status.state().word().equals(state) || status.newestEvent() != newest) {
            torn = true;
            stream.cancel(new Failure.Unavailable("stream " + id() + " was given up by another server, which had not heard "
                    + "of this one", "server_lost"));
        }
    }

    void giveUp() {
        torn = true;
        done = true;
    }

    /** All of it is in Redis, or never will be. */
    boolean isDone() {
        return done;
    }

    /** Redis has it with a hole, or without its end. */
    boolean isTorn() {
        return torn;
    }
}
