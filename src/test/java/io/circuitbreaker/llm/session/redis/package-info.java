/** The store in Redis, against a real one. */
package io.circuitbreaker.llm.session.redis;
