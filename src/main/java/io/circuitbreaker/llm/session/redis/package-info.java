/**
 * Streams that any server can go on with: their events in Redis Streams.
 *
 * <p>The server that makes a stream keeps it in its own memory as ever, and one thread copies what is new to Redis, off the
 * way of the tokens: where Redis is slow or away, streams go on and the copy catches up or begins anew at what is still
 * kept. Other servers read the copy. All that has to happen at once is a Lua script beside this package.
 *
 * <pre>
 * llm:stream:{id}          a stream: entry n-0 is event n, and n-1 after the last of them the end
 * llm:stream:{id}:info     a hash: whose it is, its state, its newest event, the server that makes it
 * llm:node:{server}        is there while that server is alive
 * llm:node:{server}:readers, llm:node:{server}:cancels    what other servers tell it
 * </pre>
 *
 * <p>Found by CDI, imported by nobody. Thread-safe.
 */
package io.circuitbreaker.llm.session.redis;
