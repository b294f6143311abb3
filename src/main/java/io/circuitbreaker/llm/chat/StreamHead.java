package io.circuitbreaker.llm.chat;

/**
 * What all chunks of one answer have in common.
 *
 * @param id      one for the whole stream
 * @param created Unix time in seconds
 * @param model   the provider's name of the model that answers
 */
public record StreamHead(String id, long created, String model, String provider) {

    public StreamHead withModel(String actual) {
        return actual.isEmpty() || actual.equals(model) ? this : new StreamHead(id, created, actual, provider);
    }
}
