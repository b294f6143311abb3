package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.testing.FakeReply;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A stream that is waited for without a thread, over a socket. */
@Timeout(30)
class WaitingWithoutThreadTest {

    private static final Failure GONE = new Failure.ClientGone("the client went away");
    private static final Duration LONG = TestUpstream.LONG;

    private final Cancellation cancellation = new Cancellation();
    private final CountDownLatch more = new CountDownLatch(1);
    private final Semaphore told = new Semaphore(0);

    private ChunkStream open(TestUpstream test) {
        return OnVirtualThread.call(() -> test.upstream.open(
                TestUpstream.call(Requests.saying("Say hello"), cancellation)));
    }

    /** Takes what has come until nothing is left. */
    private String take(ChunkStream stream) {
        StringBuilder text = new StringBuilder();
        while (stream.poll()) {
            stream.advance();
            text.append(Language.text(stream.chunk()));
        }
        return text.toString();
    }

    private void leave(ChunkStream stream) {
        stream.adopt();
        take(stream);
        assertThat(stream.whenReady(told::release)).isTrue();
        assertThat(told.tryAcquire()).as("told though nothing has come").isFalse();
    }

    private void awaitWord() throws InterruptedException {
        assertThat(told.tryAcquire(10, TimeUnit.SECONDS)).as("told in time").isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void whatComesIsTold(Language language) throws InterruptedException {
        FakeReply reply = language.begun("Hel").awaitLatch(more).send(language.token("lo")).stall();
        try (TestUpstream test = TestUpstream.speaking(language).reply(reply); ChunkStream stream = open(test)) {
            leave(stream);
            more.countDown();
            awaitWord();
            assertThat(take(stream)).isEqualTo("lo");
            assertThat(stream.hasNext()).isFalse();
            assertThat(stream.whenReady(told::release)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theEndIsTold(Language language) throws InterruptedException {
        FakeReply reply = language.begun("Hi").awaitLatch(more).send(language.finish, language.done).end();
        try (TestUpstream test = TestUpstream.speaking(language).reply(reply)) {
            try (ChunkStream stream = open(test)) {
                leave(stream);
                more.countDown();
                boolean ended = false;
                while (!ended) {
                    awaitWord();
                    while (!ended && stream.poll()) {
                        ended = !stream.advance();
                    }
                    if (!ended && !stream.whenReady(told::release)) {
                        told.release();
                    }
                }
            }
            test.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T25: a cut is told, and is no end")
    void aCutIsTold(Language language) throws InterruptedException {
        FakeReply reply = language.begun("Hel").awaitLatch(more).cut();
        try (TestUpstream test = TestUpstream.speaking(language).reply(reply); ChunkStream stream = open(test)) {
            leave(stream);
            more.countDown();
            awaitWord();
            assertThat(stream.poll()).isTrue();
            assertThat(catchThrowableOfType(LlmException.class, stream::advance).failure())
                    .isInstanceOf(Failure.ClosedEarly.class);
        }
    }

    @Test
    @DisplayName("T01: a cancel is told, and closes the provider's connection when it is looked at")
    void aCancelIsTold() throws InterruptedException {
        FakeReply reply = Language.OPENAI.begun("Hel").stall();
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(reply)) {
            try (ChunkStream stream = open(test)) {
                leave(stream);
                cancellation.cancel(GONE);
                awaitWord();
                assertThat(stream.poll()).isTrue();
                test.fake.awaitDisconnect(Duration.ofSeconds(5));
                assertThat(catchThrowableOfType(LlmException.class, stream::advance).failure()).isEqualTo(GONE);
            }
            test.assertNothingLeft();
        }
    }

    @Test
    void whoIsCancelledDoesNotLeave() {
        FakeReply reply = Language.OPENAI.begun("Hel").stall();
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(reply); ChunkStream stream = open(test)) {
            stream.adopt();
            take(stream);
            cancellation.cancel(GONE);
            assertThat(stream.whenReady(told::release)).isFalse();
            test.fake.awaitDisconnect(Duration.ofSeconds(5));
            assertThat(told.availablePermits()).isZero();
        }
    }

    /** As far as it came while its reader turned to leave, so that the reader stays. */
    private void stayWithWhatIsNoChunk(ChunkStream stream) throws InterruptedException {
        leave(stream);
        more.countDown();
        awaitWord();
        assertThat(stream.whenReady(told::release)).as("something has come").isFalse();
    }

    @Test
    @DisplayName("T13: who stays because something has come, and it is no chunk, is held to the deadlines")
    void silenceAfterWhatIsNoChunkIsNoticed() throws InterruptedException {
        Deadlines deadlines = new Deadlines(LONG, LONG, Duration.ofMillis(300), LONG, LONG, LONG);
        FakeReply reply = Language.OPENAI.begun("Hel").awaitLatch(more).send(": still here\n\n").stall();
        try (TestUpstream test = TestUpstream.with(Language.OPENAI, deadlines).reply(reply);
             ChunkStream stream = open(test)) {
            stayWithWhatIsNoChunk(stream);
            Failure why = catchThrowableOfType(LlmException.class, stream::advance).failure();
            assertThat(why).isInstanceOfSatisfying(Failure.DeadlineExceeded.class,
                    late -> assertThat(late.deadline()).isEqualTo(Deadline.IDLE));
        }
    }

    @Test
    @DisplayName("T04 T12: a connection that stays open after the end, which came while its reader turned to leave, is closed")
    void theEndThatCameWhileLeavingIsDrainedInTime() throws InterruptedException {
        Deadlines deadlines = new Deadlines(LONG, LONG, LONG, LONG, LONG, Duration.ofMillis(100));
        FakeReply reply = Language.OPENAI.begun("Hi").awaitLatch(more)
                .send(Language.OPENAI.finish, Language.OPENAI.done).stall();
        try (TestUpstream test = TestUpstream.with(Language.OPENAI, deadlines).reply(reply)) {
            try (ChunkStream stream = open(test)) {
                stayWithWhatIsNoChunk(stream);
                while (stream.advance()) {
                    assertThat(stream.chunk()).isNotNull();
                }
            }
            test.assertNothingLeft();
        }
    }

    @Test
    @DisplayName("T13: a provider's silence is told")
    void silenceIsTold() throws InterruptedException {
        Deadlines deadlines = new Deadlines(LONG, LONG, Duration.ofMillis(100), LONG, LONG, LONG);
        FakeReply reply = Language.OPENAI.begun("Hel").stall();
        try (TestUpstream test = TestUpstream.with(Language.OPENAI, deadlines).reply(reply);
             ChunkStream stream = open(test)) {
            stream.adopt();
            take(stream);
            if (stream.whenReady(told::release)) {
                awaitWord();
            }
            assertThat(stream.poll()).isTrue();
            Failure why = catchThrowableOfType(LlmException.class, stream::advance).failure();
            assertThat(why).isInstanceOfSatisfying(Failure.DeadlineExceeded.class,
                    late -> assertThat(late.deadline()).isEqualTo(Deadline.IDLE));
        }
    }
}
