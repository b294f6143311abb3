/**
 * What lives as long as a client's stream: the manager that admits it, counts it and ends it.
 *
 * <p>Thread-safe; no I/O.
 */
package io.circuitbreaker.llm.session;
