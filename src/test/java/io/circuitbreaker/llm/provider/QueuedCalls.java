package io.circuitbreaker.llm.provider;

import java.time.Duration;

/** Lets doubles in other packages say that a call has waited. */
public final class QueuedCalls {

    private QueuedCalls() {
    }

    public static void queued(ProviderCall call, Duration time) {
        call.queued(time.toNanos());
    }
}
