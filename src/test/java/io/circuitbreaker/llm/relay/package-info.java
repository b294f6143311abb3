/** Tests of the way between a provider's stream and its client, without either. */
package io.circuitbreaker.llm.relay;
