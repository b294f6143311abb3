/**
 * The HTTP edge for OpenAI clients: resources, who may call them, errors in their words, and the relay that writes tokens
 * as they come.
 *
 * <p>A container thread reads and checks a request and lets go of it; from there one virtual thread opens the upstream,
 * reads it and writes to the client until the one end of the stream.
 */
package io.circuitbreaker.llm.rest;
