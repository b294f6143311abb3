package io.circuitbreaker.llm.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SocketSenderTest {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final AtomicInteger tooSlow = new AtomicInteger();
    private final CountDownLatch pinging = new CountDownLatch(1);
    private final CountDownLatch pong = new CountDownLatch(1);
    /** What becomes of a message. */
    private volatile Consumer<SendHandler> client = handler -> handler.onResult(new SendResult());

    @AfterEach
    void letGo() {
        pong.countDown();
    }

    private SocketSender sender(Duration patience) {
        return new SocketSender(socket(), patience, tooSlow::incrementAndGet);
    }

    /** Its pings are as Open Liberty's: they return when the client has taken them. */
    private Session socket() {
        RemoteEndpoint.Async remote = proxy(RemoteEndpoint.Async.class, (name, arguments) -> switch (name) {
            case "sendText" -> {
                sent.add((String) arguments[0]);
                client.accept((SendHandler) arguments[1]);
                yield null;
            }
            case "sendPing" -> {
                pinging.countDown();
                pong.await(LONG.toSeconds(), TimeUnit.SECONDS);
                yield null;
            }
            default -> throw new UnsupportedOperationException(name);
        });
        return proxy(Session.class, (name, _) -> switch (name) {
            case "isOpen" -> true;
            case "getAsyncRemote" -> remote;
            default -> throw new UnsupportedOperationException(name);
        });
    }

    private interface Call {

        Object answer(String name, Object[] arguments) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (_, method, arguments) -> call.answer(method.getName(), arguments)));
    }

    private static FutureTask<Void> started(Runnable work) {
        FutureTask<Void> task = new FutureTask<>(work, null);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static void assertGone(Runnable sending) {
        assertThatThrownBy(sending::run).isInstanceOfSatisfying(LlmException.class,
                e -> assertThat(e.failure()).isInstanceOf(Failure.ClientGone.class));
    }

    @Test
    void aMessageIsSentWhole() {
        sender(LONG).send("a");
        assertThat(sent).containsExactly("a");
        assertThat(tooSlow).hasValue(0);
    }

    @Test
    void whoTakesNothingForTooLongIsGoneOnce() {
        client = _ -> { };
        SocketSender sender = sender(SHORT);
        assertGone(() -> sender.send("a"));
        assertGone(() -> sender.send("b"));
        assertThat(sent).containsExactly("a");
        assertThat(tooSlow).hasValue(1);
    }

    @Test
    @DisplayName("T49: a heartbeat that its client does not take holds up nobody for longer than a message would")
    void aPingThatIsNotTakenIsNotWaitedForForEver() throws Exception {
        SocketSender sender = sender(SHORT);
        FutureTask<Void> ping = started(sender::ping);
        pinging.await();
        assertGone(() -> sender.send("a"));
        assertGone(() -> sender.send("b"));
        assertThat(sent).isEmpty();
        assertThat(tooSlow).hasValue(1);
        assertThat(ping.isDone()).isFalse();
        pong.countDown();
        ping.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertGone(() -> sender.send("c"));
        assertThat(sent).isEmpty();
    }

    @Test
    void whatWaitedBehindAHeartbeatIsNotSentWhenTheSocketIsClosed() throws Exception {
        SocketSender sender = sender(LONG);
        started(sender::ping);
        pinging.await();
        FutureTask<Void> sending = started(() -> assertGone(() -> sender.send("a")));
        sender.close();
        pong.countDown();
        sending.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(sent).isEmpty();
        assertThat(tooSlow).hasValue(0);
    }
}
