/**
 * Google's generateContent language, towards a provider: writes requests, reads the answer's events and errors.
 *
 * <p>Pure translation on the caller's thread; no I/O, no configuration. An answer's end is held back until the
 * connection closes, because nothing else ends a stream in this language.
 */
package io.circuitbreaker.llm.dialect.google;
