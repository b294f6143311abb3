/**
 * The Anthropic Messages language, on the side of the provider: requests of OpenAI clients are written in it, its
 * events are read into chunks.
 *
 * <p>What a model takes is read off its name, because the API has no way to ask; what it does not take is left out and
 * named. Pure, and without threads of its own.
 */
package io.circuitbreaker.llm.dialect.anthropic;
