package io.circuitbreaker.llm.provider;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work on a virtual thread of its own, as streams are opened and read in production. */
final class OnVirtualThread<T> {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final FutureTask<T> task;

    private OnVirtualThread(Callable<T> work) {
        this.task = new FutureTask<>(work);
    }

    static <T> OnVirtualThread<T> start(Callable<T> work) {
        OnVirtualThread<T> started = new OnVirtualThread<>(work);
        Thread.ofVirtual().name("llm-test").start(started.task);
        return started;
    }

    static <T> T call(Callable<T> work) {
        return start(work).join();
    }

    /** What the work returned or threw. */
    T join() {
        try {
            return task.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            throw new AssertionError(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the work did not end within " + LIMIT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
