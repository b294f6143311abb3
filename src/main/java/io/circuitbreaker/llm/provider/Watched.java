package io.circuitbreaker.llm.provider;

/** Something with a moment by which it wants to be looked at. */
public interface Watched {

    /** The moment on {@link System#nanoTime}'s scale; may move later at any time. {@link Watchdog#NEVER} ends the watch. */
    long due();

    /** Called on the watchdog's thread once {@link #due()} has passed; must not block. Looked at again if then due later. */
    void expired();
}
