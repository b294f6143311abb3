/** What the tests share: recorded streams, a fake provider, answers put together again. */
package io.circuitbreaker.llm.testing;
