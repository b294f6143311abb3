package io.circuitbreaker.llm.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TicketsTest {

    private long now = -1;
    private final Tickets tickets = new Tickets(() -> now);

    @Test
    void aTicketIsWorthOneConnectionOfItsClient() {
        String ticket = tickets.issue("ann");
        assertThat(tickets.issue("ann")).isNotEqualTo(ticket);
        assertThat(tickets.redeem(ticket)).contains("ann");
        assertThat(tickets.redeem(ticket)).isEmpty();
        assertThat(tickets.redeem("made up")).isEmpty();
    }

    @Test
    void itIsWorthNothingAfterItsLifetime() {
        String early = tickets.issue("ann");
        now += Tickets.LIFETIME.toNanos() - 1;
        String late = tickets.issue("bob");
        now++;
        assertThat(tickets.redeem(early)).isEmpty();
        assertThat(tickets.redeem(late)).contains("bob");
    }

    @Test
    void unusedOnesAreBounded() {
        String first = tickets.issue("ann");
        for (int i = 0; i < 10_000; i++) {
            tickets.issue("ann");
        }
        assertThat(tickets.redeem(first)).isEmpty();
    }
}
