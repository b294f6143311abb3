/**
 * The OpenAI chat completions language and its many dialects at compatible servers, on both sides: requests and chunks
 * of providers, requests and answers of clients.
 *
 * <p>Between an OpenAI client and a provider that speaks the same, JSON text is handed on as it came; only what a
 * client would stumble over is mended.
 */
package io.circuitbreaker.llm.dialect.openai;
