/**
 * Translation between the wire languages and the vocabulary of {@code chat}. The sub-packages each speak one language
 * and are found by CDI; nobody imports them. Pure: no I/O, no configuration, no threads.
 *
 * <p>To add a language that is asked by POST, takes its key in a header and answers with server-sent events:
 * <ol>
 * <li>Make a package below this one, with a {@code package-info.java}. It may use {@code chat}, {@code sse} and this
 *     package, and no other language; {@code ArchitectureTest} knows its place already.
 * <li>In it, a public {@code @ApplicationScoped} class that implements {@link io.circuitbreaker.llm.dialect.Dialect}. It is
 *     found by its {@code name()}; there is no list to put it on.
 * <li>Write requests from {@code LlmRequest.conversation()} and not from {@code messages()}: only the first has the answer
 *     that another model began and this one goes on with. Name what you leave out; see {@link
 *     io.circuitbreaker.llm.dialect.OtherTools}, {@link io.circuitbreaker.llm.dialect.Instructions}, {@link
 *     io.circuitbreaker.llm.dialect.MissingTurns} and {@link io.circuitbreaker.llm.dialect.UpstreamParts}. Say in {@code prefill} how the models take the beginning of an answer.
 * <li>Read answers with a {@link io.circuitbreaker.llm.dialect.ChunkReader}, whose contract is there. {@link
 *     io.circuitbreaker.llm.dialect.JsonCursor} is for what comes with every token, {@link
 *     io.circuitbreaker.llm.dialect.UnframedError} for errors outside of events.
 * <li>Tell errors by the vendor's own types first, and the rest with {@link
 *     io.circuitbreaker.llm.dialect.UpstreamFailures#byStatus}; the same inside of a stream.
 * <li>Extend the test class {@code DialectContract}, and write its five transcripts by hand to {@code
 *     src/test/resources/streams/<name>}. All languages say the same in them, which the contract states.
 * <li>Use it: {@code llm.provider.<provider>.dialect=<name>}, with a key, and with a base URL if the vendor's own is not
 *     meant. The provider is called as with {@code provider/model}, or by the models that its {@code models} lists.
 * </ol>
 *
 * <p>No other file has to be edited. These know a language's name, for what only some have: {@link
 * io.circuitbreaker.llm.dialect.ProofMarks} marks proofs of reasoning that a client gives back (if the vendor signs its
 * reasoning, its mark goes there, so that it is taken off for others). Others know a vendor's provider by its name:
 * {@code provider.Vendor} its usual variables and models and how these are called, {@code provider.ConfiguredProviders} that
 * it is there without being named. A provider that they do not know says in its configuration what it needs; it speaks the
 * language of its own name, if there is one.
 */
package io.circuitbreaker.llm.dialect;
