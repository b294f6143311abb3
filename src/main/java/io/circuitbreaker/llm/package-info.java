/**
 * A streaming LLM router: one OpenAI endpoint in front of every provider, as a Jakarta EE application.
 *
 * <pre>
 * POST /v1/chat/completions
 *   rest.ChatCompletionsServlet    container thread: parse, check, admit; hands over to a virtual thread
 *     relay.Generation             opens and ends the stream; relay.Pump is what flows between
 *       routing.LlmRouter            which provider, and which one next
 *         provider.HttpProvider        one bean and breaker for each configured provider
 *           provider.HttpUpstream        one attempt: place, deadlines, request, status, first token
 *             dialect.Dialect              the request in the provider's language
 *           provider.HttpChunkStream     the answer, chunk by chunk
 *             provider.Inbox               bytes, as the HTTP client's threads bring them
 *             provider.ChunkDecoder        sse.SseParser: bytes to events; dialect.ChunkReader: events to chunks
 *       relay.EventOutlet            chunks to numbered events, in the client's language (dialect.ChunkWriter)
 *         relay.KeptDelivery           kept in session.LiveStream, if the client may come back
 *         rest.SseDelivery             written to the client
 * </pre>
 *
 * <p>Packages depend one way: {@code rest, websocket → edge, relay → observe → routing, session → provider → dialect, sse →
 * chat}; a test keeps it. Start reading at {@link io.circuitbreaker.llm.rest}. A new wire language is a package under {@link
 * io.circuitbreaker.llm.dialect}, which says how; a new server that speaks a known one is configuration.
 */
package io.circuitbreaker.llm;
