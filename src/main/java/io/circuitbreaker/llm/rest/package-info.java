/**
 * The HTTP edge for OpenAI clients: a servlet for chat, resources for the rest, errors in their words, and what writes events
 * and documents to a client.
 *
 * <p>A container thread reads and checks a request and lets go of it; how a stream goes on from there see {@code
 * relay}.
 */
package io.circuitbreaker.llm.rest;
