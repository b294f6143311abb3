/**
 * A streaming LLM router: one OpenAI endpoint in front of every provider, as a Jakarta EE application.
 *
 * <pre>
 * POST /v1/chat/completions
 *   rest.ChatCompletionsServlet    container thread: parse, check, admit; hands over to a virtual thread
 *     relay.Generation             opens and ends the stream; relay.Pump is what flows between
 *       routing.LlmRouter            which provider, and which one next
 *         provider.HttpProvider        one bean and breaker for each configured provider
 *           dialect.Dialect              the request in the provider's language
 *           sse.SseParser                bytes to events
 *           dialect.ChunkReader          events to chunks
 *       relay.EventOutlet            chunks to numbered events
 *         relay.KeptDelivery           kept in session.LiveStream, if the client may come back
 *         rest.SseDelivery             written to the client
 * </pre>
 *
 * <p>Packages depend one way: {@code rest → relay → routing → provider → dialect, sse → chat}; {@code session} and
 * {@code observe} stand beside routing. Start reading at {@link io.circuitbreaker.llm.rest}. A new wire language is a package under {@link
 * io.circuitbreaker.llm.dialect}; a new server that speaks a known one is configuration.
 */
package io.circuitbreaker.llm;
