package io.circuitbreaker.llm.session.redis;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.session.Page;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.Reading;
import io.circuitbreaker.llm.session.StreamInfo;
import io.circuitbreaker.llm.session.StreamStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.exceptions.JedisException;

/** A stream that another server makes or made, as Redis has it. */
final class RemoteStream implements ReadableStream {

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(100);

    /** Since when something is so that may pass. A race of two readers makes it a little later and does no harm. */
    private static final class Since {

        private volatile boolean is;
        private volatile long begin;

        void not() {
            is = false;
        }

        /** Whether it has been so for that long. */
        boolean isLongerThan(Duration limit) {
            long now = System.nanoTime();
            if (!is) {
                begin = now;
                is = true;
            }
            return now - begin >= limit.toNanos();
        }
    }

    private final StreamInfo info;
    private final StoredStreams stored;
    private final Node node;
    private final Since unreachable = new Since();
    private final Since ahead = new Since();
    private final Since missing = new Since();

    RemoteStream(StreamInfo info, StoredStreams stored, Node node) {
        this.info = info;
        this.stored = stored;
        this.node = node;
    }

    @Override
    public StreamInfo info() {
        return info;
    }

    @Override
    public StreamStatus status() {
        try {
            StoredInfo now = stored.look(info.id(), 0).orElseThrow(this::expired);
            return new StreamStatus(now.state(), now.oldest(), now.newest(), node.readersHere(info.id()));
        } catch (JedisException e) {
            throw unavailable(e);
        }
    }

    static LlmException unavailable(JedisException e) {
        return new LlmException(new Failure.Unavailable("the store of streams does not answer; try again", "store_unavailable"),
                e);
    }

    private LlmException expired() {
        return new LlmException(new Failure.Expired("stream " + info.id() + " is not kept any more"));
    }

    @Override
    public Page after(long id, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            Optional<Page> page = attempt(id, left);
            if (page.isPresent()) {
                return page.get();
            }
            if (left.isZero()) {
                return new Page.Silence();
            }
        }
    }

    private Optional<Page> attempt(long id, Duration left) throws InterruptedException {
        try {
            List<Entry> entries = id < 0 ? List.of() : stored.entries(info.id(), id, left);
            Optional<Page> page = entries.isEmpty() ? look(id).flatMap(now -> judge(id, now))
                    : Optional.of(Entry.page(id, entries));
            unreachable.not();
            page.ifPresent(_ -> missing.not());
            return page;
        } catch (JedisException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("while Redis was asked").initCause(e);
            }
            if (unreachable.isLongerThan(stored.pace().outage())) {
                throw unavailable(e);
            }
            Thread.sleep(left.compareTo(BETWEEN_ATTEMPTS) < 0 ? left : BETWEEN_ATTEMPTS);
            return Optional.empty();
        }
    }

    /** Empty while a Redis that was restarted without its streams may still be told of it by the server that makes it. */
    private Optional<StoredInfo> look(long id) {
        Optional<StoredInfo> now = stored.look(info.id(), id);
        if (now.isPresent()) {
            missing.not();
        } else if (id < 0 || missing.isLongerThan(stored.pace().certainty())) {
            throw expired();
        }
        return now;
    }

    /** Why nothing came; empty if it may come yet. */
    private Optional<Page> judge(long id, StoredInfo now) {
        if (id > now.newest() || id < 0) {
            // Who comes from the stream's own server may have seen what is only on its way to Redis, or what will never
            // come because that server is gone.
            return id < 0 || now.state().isEnd() || ahead.isLongerThan(stored.pace().certainty())
                    ? Optional.of(new Page.Ahead(now.newest())) : Optional.empty();
        }
        ahead.not();
        if (id < now.newest() && now.oldest() > now.newest()) {
            // Redis has lost all of them; where it has some, they would have come.
            return Optional.of(new Page.Gone(now.oldest()));
        }
        return id == now.newest() && now.state().isEnd()
                ? Optional.of(new Page.Events(id + 1, List.of(), true)) : Optional.empty();
    }

    @Override
    public Reading read() {
        return node.read(info.id());
    }

    @Override
    public void cancel(Failure why) {
        try {
            stored.cancel(info.id(), why);
        } catch (JedisException e) {
            throw unavailable(e);
        }
    }
}
