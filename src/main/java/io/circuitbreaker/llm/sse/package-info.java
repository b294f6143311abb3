/**
 * Server-sent events from bytes, after the grammar of the WHATWG HTML standard, sections 9.2.5 and 9.2.6.
 *
 * <p>Knows nothing of HTTP or of language models and does no I/O. A parser belongs to one stream and one thread.
 */
package io.circuitbreaker.llm.sse;
