/**
 * The vocabulary that every other package speaks: a request, the chunks of its answer, the ways in which it can fail.
 *
 * <p>Values only: no I/O, no threads, no CDI. Depends on the JDK and {@code jakarta.json}. Records are immutable and
 * may be shared between threads; a {@link io.circuitbreaker.llm.chat.ChunkStream} belongs to one thread.
 */
package io.circuitbreaker.llm.chat;
