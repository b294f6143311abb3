package io.circuitbreaker.llm.chat;

/**
 * Who says a chunk of an answer in which several speak side by side.
 *
 * @param choice the choice that is theirs
 * @param head   of their own answer
 */
public record Voice(int choice, StreamHead head) {
}
