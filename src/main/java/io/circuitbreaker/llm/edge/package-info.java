/**
 * What all edges have in common: who may call and from where, how much may be sent, and how bodies and header values are
 * read. Knows no resource and no endpoint. Thread-safe; no I/O.
 */
package io.circuitbreaker.llm.edge;
