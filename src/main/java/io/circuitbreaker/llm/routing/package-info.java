/**
 * Which providers may answer a request, and in which order they are asked until one gives a first token. Decides across
 * providers, by what is configured, measured and known of their models; what belongs to a single one, such as repeating a
 * request whose connection broke, is the provider's own business. Runs on the request's virtual thread, which it blocks;
 * where several are asked at once, each is on a thread of its own as well.
 */
package io.circuitbreaker.llm.routing;
