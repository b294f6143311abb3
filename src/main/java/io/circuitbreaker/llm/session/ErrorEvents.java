package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.chat.Failure;

/** Failures as events of a kept stream, for a store that has to end one itself. A CDI bean; thread-safe. */
public interface ErrorEvents {

    /** One line. */
    String of(Failure failure);
}
