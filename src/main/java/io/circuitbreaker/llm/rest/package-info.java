/**
 * The HTTP edge for OpenAI clients: a servlet for chat, resources for the rest, who may call them, errors in their words, and the relay that writes tokens
 * as they come.
 *
 * <p>A container thread reads and checks a request and lets go of it; how a stream goes on from there see {@code
 * relay}.
 */
package io.circuitbreaker.llm.rest;
