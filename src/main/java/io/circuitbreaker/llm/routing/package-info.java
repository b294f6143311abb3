/**
 * Which provider answers a request. Decides across providers; what belongs to a single one, such as repeating a request
 * whose connection broke, is the provider's own business.
 */
package io.circuitbreaker.llm.routing;
