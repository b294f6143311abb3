package io.circuitbreaker.llm.relay;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets the first exchange of a server go alone. It loads the classes of the whole way; if a burst of virtual threads did so
 * at once, each would hold a carrier while it waits for the others. Once it is over this costs one volatile read.
 */
final class ColdStart {

    private final Duration patience;
    private final AtomicBoolean led = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);

    /** @param patience how long the others wait for the first, which may have to wait for a provider */
    ColdStart(Duration patience) {
        this.patience = patience;
    }

    /** Returns at once for the first caller, and for the others when {@link #over} was called or their patience is over. */
    void enter() {
        if (over.getCount() == 0 || led.compareAndSet(false, true)) {
            return;
        }
        try {
            over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        over.countDown();
    }

    /** The first has been all the way. */
    void over() {
        if (over.getCount() != 0) {
            over.countDown();
        }
    }
}
