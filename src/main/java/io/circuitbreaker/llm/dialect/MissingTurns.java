package io.circuitbreaker.llm.dialect;

/** Stand in for a user's turn that a language must have where the client's conversation has none. */
public final class MissingTurns {

    /** Before a conversation that begins with the model. */
    public static final String OPENING = "(start of the conversation)";
    /** After one that ends with the model, for a model that does not go on with its own words. */
    public static final String END = "Please go on.";

    private MissingTurns() {
    }
}
