package io.circuitbreaker.llm.session;

/**
 * How the store of streams is, for operators.
 *
 * @param name      of the store
 * @param reachable whether it can be used; where it cannot, streams are kept in this server's memory only
 * @param waiting   streams that have events which are not in the store yet
 * @param givenUp   streams that did not get into the store whole, since the start
 */
public record StoreState(String name, boolean reachable, int waiting, long givenUp) {

    static StoreState fine(String name) {
        return new StoreState(name, true, 0, 0);
    }
}
