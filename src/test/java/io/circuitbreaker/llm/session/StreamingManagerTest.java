package io.circuitbreaker.llm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.testing.MapConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StreamingManagerTest {

    private static final StreamOwner ANYONE = StreamOwner.of("");

    private long now = -3;
    private final StreamingManager manager = new StreamingManager(StreamingConfig.load(MapConfig.of(
            "llm.streaming.max-concurrent-streams", "3", "llm.streaming.max-concurrent-streams-per-user", "1",
            "llm.streaming.max-concurrent-streams-per-project", "2", "llm.streaming.max-sessions", "2")), () -> now);

    private StreamPlace open(StreamOwner owner) {
        return manager.open(owner, Optional.empty(), _ -> { });
    }

    private Failure.LimitReached refusal(StreamOwner owner) {
        return (Failure.LimitReached) catchThrowableOfType(LlmException.class, () -> open(owner)).failure();
    }

    private static StreamOwner owner(String user, String project) {
        return new StreamOwner("", Optional.of(user), Optional.of(project));
    }

    @Test
    void oneTooManyIsRefusedWithTheLimitItsKeyAndATimeToRetry() {
        open(ANYONE);
        open(ANYONE);
        StreamPlace third = open(ANYONE);

        Failure refusal = refusal(ANYONE);

        assertThat(refusal.message()).contains("3 concurrent streams", "llm.streaming.max-concurrent-streams");
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(1));
        third.close();
        open(ANYONE);
        assertThat(manager.activeStreams()).isEqualTo(3);
    }

    @Test
    void aUserHasALimitOfItsOwn() {
        StreamPlace first = open(owner("ann", "x"));
        assertThat(refusal(owner("ann", "y")).limit()).isEqualTo("llm.streaming.max-concurrent-streams-per-user");
        open(owner("bob", "y"));
        open(new StreamOwner("another client", Optional.of("ann"), Optional.empty()));
        first.close();
    }

    @Test
    void aProjectHasALimitOfItsOwn() {
        open(owner("ann", "x"));
        StreamPlace second = open(owner("bob", "x"));
        assertThat(refusal(owner("cy", "x")).limit()).isEqualTo("llm.streaming.max-concurrent-streams-per-project");
        second.close();
        open(owner("cy", "x"));
    }

    @Test
    @DisplayName("T05: places are given back once however often they are closed, and the counts return to zero")
    void aPlaceIsGivenBackOnce() throws InterruptedException {
        StreamPlace place = open(owner("ann", "x"));
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> closing = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            closing.add(Thread.ofVirtual().start(() -> {
                try {
                    go.await();
                    place.close();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }));
        }
        go.countDown();
        for (Thread thread : closing) {
            thread.join();
        }
        assertThat(manager.activeStreams()).isZero();
        open(owner("ann", "x"));
        open(ANYONE);
        open(ANYONE);
        assertThat(refusal(ANYONE)).isNotNull();
    }

    @Test
    @DisplayName("T07: of many who come at once no more get in than the limits say, and who is refused uses up nothing")
    void manyAtOnce() throws InterruptedException {
        Places places = new Places(new StreamLimits(8, 2, 5));
        AtomicInteger all = new AtomicInteger();
        AtomicInteger[] byUser = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
        AtomicInteger tooMany = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int user = i % 3;
            StreamOwner owner = owner("user" + user, "x");
            clients.add(Thread.ofVirtual().start(() -> {
                for (int request = 0; request < 200; request++) {
                    if (places.take(owner).isEmpty()) {
                        tooMany.addAndGet(all.incrementAndGet() > 5 | byUser[user].incrementAndGet() > 2 ? 1 : 0);
                        Thread.yield();
                        byUser[user].decrementAndGet();
                        all.decrementAndGet();
                        places.giveBack(owner);
                    }
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        assertThat(tooMany).hasValue(0);
        assertThat(places.size()).isZero();
    }

    @Test
    void whatIsRefusedTakesNoPlace() {
        Places places = new Places(new StreamLimits(5, 1, 1));
        assertThat(places.take(owner("ann", "x"))).isEmpty();
        assertThat(places.take(owner("ann", "x"))).isPresent();
        assertThat(places.take(owner("bob", "x"))).isPresent();
        places.giveBack(owner("ann", "x"));
        assertThat(places.size()).isZero();
    }

    @Test
    void shutdownCancelsTheOpenOnesAndWaitsForTheirEnds() throws InterruptedException {
        List<Failure> cancelled = new ArrayList<>();
        AtomicReference<StreamPlace> open = new AtomicReference<>();
        AtomicBoolean ended = new AtomicBoolean();
        open.set(manager.open(ANYONE, Optional.empty(), failure -> {
            cancelled.add(failure);
            Thread.startVirtualThread(() -> {
                ended.set(true);
                open.get().close();
            });
        }));
        manager.open(ANYONE, Optional.empty(), failure -> cancelled.add(new Failure.Internal("closed already"))).close();

        manager.endAll(Duration.ZERO);

        assertThat(ended).isTrue();
        assertThat(manager.activeStreams()).isZero();
        assertThat(cancelled).containsExactly(new Failure.Cancelled("the server is shutting down"));
    }

    @Test
    void whoEndsWithinTheGraceIsNotCancelled() throws InterruptedException {
        List<Failure> cancelled = new ArrayList<>();
        StreamPlace place = manager.open(ANYONE, Optional.empty(), cancelled::add);
        Thread.startVirtualThread(place::close);

        manager.endAll(Duration.ofHours(1));

        assertThat(cancelled).isEmpty();
    }

    @Test
    void whoComesDuringTheShutdownIsToldSoAndTakesNoPlace() throws InterruptedException {
        manager.endAll(Duration.ofHours(1));

        assertThat(catchThrowableOfType(LlmException.class, () -> open(ANYONE)).failure())
                .isEqualTo(new Failure.Cancelled("the server is shutting down"));
        assertThat(manager.activeStreams()).isZero();
    }

    @Test
    void streamsHaveIdsOfTheirOwn() {
        assertThat(open(ANYONE).id()).startsWith("req_").isNotEqualTo(open(ANYONE).id());
    }

    @Test
    void closingASessionEndsItsStreamsAndTakesNoMore() {
        StreamingSession session = manager.createSession(StreamProtocol.SSE, ANYONE);
        List<Failure> cancelled = new ArrayList<>();
        StreamPlace place = manager.open(ANYONE, Optional.of(session), cancelled::add);
        assertThat(session.streams()).containsExactly(place.id());

        manager.close(session);
        manager.close(session);

        assertThat(cancelled).containsExactly(new Failure.Cancelled("session " + session.id() + " was closed"));
        assertThat(manager.session(session.id(), "")).isEmpty();
        Failure late = catchThrowableOfType(LlmException.class,
                () -> manager.open(ANYONE, Optional.of(session), _ -> { })).failure();
        assertThat(late).isEqualTo(new Failure.NotFound("session " + session.id() + " has ended", "session_not_found"));
        assertThat(manager.activeStreams()).as("the one that ends by itself").isEqualTo(1);
        place.close();
        assertThat(session.streams()).isEmpty();
    }

    @Test
    void aSessionExpiresWhenNothingOfItMovedForItsTimeout() {
        StreamingSession moving = manager.createSession(StreamProtocol.SSE, ANYONE);
        StreamingSession still = manager.createSession(StreamProtocol.WEBSOCKET, ANYONE);
        List<Failure> cancelled = new ArrayList<>();
        manager.open(ANYONE, Optional.of(still), cancelled::add);
        now += Duration.ofMinutes(4).toNanos();
        moving.touch();
        now += Duration.ofMinutes(1).toNanos() - 1;
        manager.expire();
        assertThat(manager.activeSessions()).isEqualTo(2);

        now++;
        manager.expire();

        assertThat(manager.sessions("")).containsExactly(moving);
        assertThat(cancelled).singleElement().extracting(Failure::message).asString()
                .contains(still.id(), "PT5M", "llm.streaming.session-timeout");
    }

    @Test
    void sessionsAreBounded() {
        manager.createSession(StreamProtocol.SSE, ANYONE);
        manager.createSession(StreamProtocol.SSE, ANYONE);
        Failure refusal = catchThrowableOfType(LlmException.class,
                () -> manager.createSession(StreamProtocol.SSE, ANYONE)).failure();
        assertThat(refusal).isInstanceOfSatisfying(Failure.LimitReached.class,
                limit -> assertThat(limit.limit()).isEqualTo("llm.streaming.max-sessions"));
    }

    @Test
    void nobodySeesAnotherClientsSession() {
        StreamingSession anns = manager.createSession(StreamProtocol.SSE, StreamOwner.of("ann"));
        assertThat(manager.session(anns.id(), "bob")).isEmpty();
        assertThat(manager.sessions("bob")).isEmpty();
        assertThat(manager.session(anns.id(), "ann")).contains(anns);
    }
}
