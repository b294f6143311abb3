/**
 * Translation between the wire languages and the vocabulary of {@code chat}. The sub-packages each speak one language
 * and are found by CDI; nobody imports them.
 *
 * <p>Pure: no I/O, no configuration, no threads. To add a language, add a package with a {@link
 * io.circuitbreaker.llm.dialect.Dialect} bean, its {@link io.circuitbreaker.llm.dialect.ChunkReader} and its tests.
 */
package io.circuitbreaker.llm.dialect;
