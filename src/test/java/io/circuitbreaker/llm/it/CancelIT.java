package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.Disconnect;
import io.circuitbreaker.llm.testing.FakeReply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * T01: a client leaves, and its provider is let go. That it left shows only when something is written to it: a reset at
 * the next write, an orderly close at the one after it. The heartbeat is due after 2 s of silence.
 */
class CancelIT extends DeployedRouter {

    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    /** T01 wants 250 ms from the discovery; the rest is for machines with other work. */
    private static final Duration PROMPTLY = Duration.ofMillis(250 + 250);
    private static final Duration TOKENS = Duration.ofMillis(20);
    /** Events of 8 KB: more than the buffers on the way can hold. */
    private static final int FLOOD = 4000;

    private enum Leaving {
        RESET {
            @Override
            void leave(SocketClient client) throws IOException {
                client.reset();
            }
        },
        CLOSE {
            @Override
            void leave(SocketClient client) throws IOException {
                client.close();
            }
        };

        abstract void leave(SocketClient client) throws IOException;

        /** How many writes it takes to find out. */
        int writes() {
            return this == RESET ? 1 : 2;
        }
    }

    @AfterEach
    void nothingIsLeft() {
        Fake.OPENAI.awaitQuiet();
        assertThat(Fake.OPENAI.provider().activeStreams()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void beforeTheHeaders(Leaving how) throws IOException {
        int before = Fake.OPENAI.provider().requests().size();
        SocketClient client = SocketClient.connect()
                .post(Router.streaming(Fake.OPENAI.serving(FakeReply.sse().neverAnswer())));
        Fake.OPENAI.provider().awaitRequests(before + 1, Duration.ofSeconds(5));
        assertLetGo(how, client, HEARTBEAT.multipliedBy(how.writes()));
    }

    @ParameterizedTest
    @EnumSource
    void beforeTheFirstToken(Leaving how) throws IOException {
        int before = Fake.OPENAI.provider().requests().size();
        SocketClient client = SocketClient.connect().post(Router.streaming(
                Fake.OPENAI.serving(FakeReply.sse().send(Wire.OPENAI.beginning()).stall())));
        Fake.OPENAI.provider().awaitRequests(before + 1, Duration.ofSeconds(5));
        assertLetGo(how, client, HEARTBEAT.multipliedBy(how.writes()));
    }

    @ParameterizedTest
    @EnumSource
    void inASilenceBetweenTokens(Leaving how) throws IOException {
        SocketClient client = SocketClient.connect()
                .post(Router.streaming(Fake.OPENAI.serving(Wire.OPENAI.said("so far").stall())));
        client.readTo("so far");
        assertLetGo(how, client, HEARTBEAT.multipliedBy(how.writes()));
    }

    @ParameterizedTest
    @EnumSource
    void whileTokensFlow(Leaving how) throws IOException {
        byte[] token = Wire.OPENAI.token("more").getBytes(StandardCharsets.UTF_8);
        SocketClient client = SocketClient.connect().post(Router.streaming(
                Fake.OPENAI.serving(Wire.OPENAI.said("so far").trickle(TOKENS, token))));
        client.readTo("more");
        assertLetGo(how, client, TOKENS.multipliedBy(how.writes()));
    }

    @ParameterizedTest
    @EnumSource
    void whileAWholeAnswerIsBeingMade(Leaving how) throws Exception {
        byte[] token = Wire.OPENAI.token("more").getBytes(StandardCharsets.UTF_8);
        CountDownLatch begun = new CountDownLatch(1);
        SocketClient client = SocketClient.connect().post(Router.unary(
                Fake.OPENAI.serving(Wire.OPENAI.said("so far").signal(begun).trickle(TOKENS, token))));
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        assertLetGo(how, client, HEARTBEAT.multipliedBy(how.writes()));
    }

    @Test
    @DisplayName("T01 T57: also while the router waits for a client that reads nothing")
    void whileAWriteIsBlocked() throws IOException {
        CountDownLatch sent = new CountDownLatch(FLOOD);
        byte[] event = Wire.OPENAI.token("x".repeat(8000)).getBytes(StandardCharsets.UTF_8);
        FakeReply flood = Wire.OPENAI.said("so far");
        for (int i = 0; i < FLOOD; i++) {
            flood = flood.send(event).signal(sent);
        }
        SocketClient client = SocketClient.connectWithBuffer(4096).post(Router.streaming(Fake.OPENAI.serving(flood)));
        client.readTo("so far");
        awaitStandstill(sent);
        assertLetGo(Leaving.RESET, client, Duration.ZERO);
    }

    @Test
    @DisplayName("T06: clients that leave say nothing about the provider")
    void cancelsDoNotOpenTheBreaker() throws IOException {
        String silent = Fake.OPENAI.serving(FakeReply.sse().send(Wire.OPENAI.beginning()).stall());
        SocketClient[] clients = new SocketClient[30];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = SocketClient.connect().post(Router.streaming(silent));
        }
        Fake.OPENAI.provider().awaitActiveStreams(clients.length, Duration.ofSeconds(10));
        for (SocketClient client : clients) {
            client.reset();
        }
        Fake.OPENAI.awaitQuiet();
        String model = Fake.OPENAI.serving(Wire.OPENAI.answer("still", " here"));
        assertThat(Events.of(Router.post(Router.streaming(model)).body()).text()).isEqualTo("still here");
        for (int i = 0; i < clients.length; i++) {
            Fake.OPENAI.provider().awaitDisconnect(Duration.ofSeconds(1));
        }
    }

    private static void assertLetGo(Leaving how, SocketClient client, Duration untilDiscovery) throws IOException {
        long left = System.nanoTime();
        how.leave(client);
        Disconnect seen = Fake.OPENAI.provider().awaitDisconnect(Duration.ofSeconds(20));
        assertThat(seen.since(left)).isLessThan(untilDiscovery.plus(PROMPTLY));
    }

    /** Until the provider cannot send more, because all the buffers between it and the client are full. */
    private static void awaitStandstill(CountDownLatch sent) {
        long before = FLOOD;
        for (long now = sent.getCount(); now != before || now == FLOOD; now = sent.getCount()) {
            before = now;
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        }
        assertThat(before).as("events not yet sent").isPositive();
    }
}
