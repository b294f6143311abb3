package io.circuitbreaker.llm.chat;

/**
 * That an answer is gone on with by another.
 *
 * @param from     who has given it so far, as {@code provider/model}
 * @param reason   why that one did not end it; without secrets and providers' words
 * @param model    the model that goes on, in its provider's name
 * @param provider who goes on
 */
public record Continuation(String from, String reason, String model, String provider) {
}
