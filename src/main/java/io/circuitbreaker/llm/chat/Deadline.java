package io.circuitbreaker.llm.chat;

/** The four limits on how long a provider may take. */
public enum Deadline {
    /** Until the connection stands. */
    CONNECT,
    /** From sending the request to the first real token. */
    FIRST_TOKEN,
    /** Between two signs of progress; pings are none. */
    IDLE,
    /** From sending the request to the end. */
    TOTAL
}
