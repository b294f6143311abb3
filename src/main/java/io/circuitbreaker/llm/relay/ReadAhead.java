package io.circuitbreaker.llm.relay;

import java.util.function.BooleanSupplier;

/** Reads an answer on in the stead of a thread that its client holds up. */
public interface ReadAhead {

    /**
     * Reads on the calling thread and hands what it reads to the outlet, until it is wanted no more, which is asked before
     * each chunk, or the answer is over. Throws nothing: a failure is told to the thread that was held up.
     *
     * @return whether there may be more to read
     */
    boolean readOn(BooleanSupplier wanted);

    /** All has been read and the thread that is held up is not waited for: says how the answer ended. */
    void conclude();
}
