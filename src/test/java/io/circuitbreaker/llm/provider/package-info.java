/** Tests of the providers, those over HTTP against a {@link io.circuitbreaker.llm.testing.FakeProvider}. */
package io.circuitbreaker.llm.provider;
