package io.circuitbreaker.llm.relay;

/**
 * Whether a thread is with the client, and whether another reads on in its stead meanwhile.
 *
 * <pre>
 *   RESTING --the first delivers--> DELIVERING --it was taken--> RESTING
 *                                       |
 *                                  held up for a look of the watch
 *                                       v
 *                                     SHARED --all is delivered and the second has stopped--> RESTING
 * </pre>
 *
 * {@link BufferedDelivery} moves it between RESTING and DELIVERING, without a lock. Into SHARED and out of it moves only
 * {@link Backlog}, under its lock.
 */
enum DeliveryPhase {
    /** No thread is with the client. */
    RESTING,
    /** The first thread is with the client, where it may be held up. */
    DELIVERING,
    /** The first thread is with the client, and a second one is there to read in its stead. */
    SHARED
}
