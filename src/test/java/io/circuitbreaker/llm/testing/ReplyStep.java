package io.circuitbreaker.llm.testing;

import java.io.IOException;

/** One line of a {@link FakeReply}'s script. Stateless: many connections play the same step at once. */
@FunctionalInterface
interface ReplyStep {

    /**
     * @throws IOException          the client cannot be written to
     * @throws InterruptedException the client left, or the provider is closed
     */
    void play(Exchange exchange) throws IOException, InterruptedException;
}
