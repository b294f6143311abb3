package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.routing.RoutedStream;
import java.time.Duration;

/**
 * The way to a client that follows a kept stream. It waits for its client by itself and holds nobody else up. One that
 * takes nothing for the time limit is given up: at once it counts as a reader no more, and if it takes something after
 * all, what follows fails with the reason. Until then, or until the server ends the write, its thread is held up.
 */
public final class FollowedDelivery implements Delivery, SlowClients.Held {

    // configuration
    private final Delivery client;
    private final Duration limit;
    private final SlowClients watch;
    private final Runnable leave;

    private final Steps steps = new Steps();
    // written by the watch
    private volatile Failure tooSlow;

    /** @param leave what gives back the claim that somebody reads the stream */
    public FollowedDelivery(Delivery client, Duration limit, SlowClients watch, Runnable leave) {
        this.client = client;
        this.limit = limit;
        this.watch = watch;
        this.leave = leave;
        watch.add(this);
    }

    @Override
    public void begin(RoutedStream answer) {
        client.begin(answer);
    }

    /** One that was delivered, however late, must not fail: who comes back would get it twice. */
    @Override
    public void event(long id, String data) {
        check();
        steps.next();
        client.event(id, data);
        steps.next();
    }

    @Override
    public void flush() {
        steps.next();
        client.flush();
        steps.next();
        check();
    }

    @Override
    public void heartbeat() {
        steps.next();
        client.heartbeat();
        steps.next();
        check();
    }

    @Override
    public void end() {
        // Here it may be held up; after this nothing is left to wait for.
        flush();
        watch.remove(this);
        client.end();
    }

    @Override
    public void fail(LlmException why, long id, String data) {
        watch.remove(this);
        client.fail(why, id, data);
    }

    private void check() {
        if (tooSlow != null) {
            throw new LlmException(tooSlow);
        }
    }

    @Override
    public void look(long now) {
        if (tooSlow == null && steps.heldUpNanos(now, !steps.isUnderWay()) >= limit.toNanos()) {
            tooSlow = watch.givenUp(limit);
            // It may end the stream, which is not for the watchdog's thread.
            Thread.ofVirtual().name("llm-stream-leave").start(leave);
        }
    }
}
