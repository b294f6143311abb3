package io.circuitbreaker.llm.rest;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Whether the virtual machine's compiler has caught up with what is called again and again. Thread-safe. */
final class CompilerActivity {

    /** Shorter ones come to rest by chance. */
    static final Duration WINDOW = Duration.ofSeconds(5);

    /** Of the time: what it compiles then is what is seldom called. */
    private static final double SHARE_AT_REST = 0.1;
    private static final double NANOS_IN_A_MILLI = 1e6;

    private final LongSupplier nanoTime;
    private final LongSupplier compiledMillis;
    // guarded by this
    private long begunAt;
    private long compiledBefore;
    private boolean atRest;

    /** @param compiledMillis for how long it has compiled so far, all its threads together */
    CompilerActivity(LongSupplier nanoTime, LongSupplier compiledMillis) {
        this.nanoTime = nanoTime;
        this.compiledMillis = compiledMillis;
        restart();
    }

    /** Of a machine that does not tell, the compiler never rests. */
    static CompilerActivity here() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        boolean told = compiler != null && compiler.isCompilationTimeMonitoringSupported();
        return new CompilerActivity(System::nanoTime,
                told ? compiler::getTotalCompilationTime : () -> System.nanoTime() / 1_000_000);
    }

    /** Whether it had little to do in the last window; false during the first. */
    synchronized boolean isAtRest() {
        long lasted = nanoTime.getAsLong() - begunAt;
        if (lasted >= WINDOW.toNanos()) {
            double compiled = (compiledMillis.getAsLong() - compiledBefore) * NANOS_IN_A_MILLI;
            restart();
            atRest = compiled < SHARE_AT_REST * lasted;
        }
        return atRest;
    }

    /** Begins a first window: a time in which nothing is called says nothing. */
    synchronized void restart() {
        begunAt = nanoTime.getAsLong();
        compiledBefore = compiledMillis.getAsLong();
        atRest = false;
    }
}
