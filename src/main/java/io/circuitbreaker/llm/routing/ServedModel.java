package io.circuitbreaker.llm.routing;

/** A model or a route that can be asked for by this name. */
public record ServedModel(String id, String provider) {
}
