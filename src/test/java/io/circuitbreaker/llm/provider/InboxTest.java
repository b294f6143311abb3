package io.circuitbreaker.llm.provider;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class InboxTest {

    private final Inbox inbox = new Inbox();
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger granted = new AtomicInteger();

    private void add(String text) {
        inbox.add(ByteBuffer.wrap(text.getBytes(US_ASCII)));
    }

    private String take() throws IOException {
        byte[] taken = inbox.take();
        return taken == null ? "end" : new String(taken, US_ASCII);
    }

    @Test
    void whatCameIsTakenInItsOrder() throws IOException {
        add("one ");
        add("");
        add("two");
        assertThat(take()).isEqualTo("one ");
        add(" three");
        assertThat(take() + take()).isEqualTo("two three");
        assertThat(inbox.hasArrived()).isFalse();
        add("");
        assertThat(inbox.hasArrived()).as("nothing came").isFalse();
        add("last");
        inbox.end();
        assertThat(take()).isEqualTo("last");
        assertThat(inbox.hasArrived()).isTrue();
        assertThat(take()).isEqualTo("end");
        assertThat(take()).isEqualTo("end");
    }

    @Test
    @DisplayName("No byte is lost or doubled, whatever the sizes of what comes and of what is read")
    void anySizes() throws IOException {
        Random random = new Random(5);
        InboxStream stream = new InboxStream(inbox);
        int written = 0;
        int seen = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] next = new byte[random.nextInt(random.nextInt(10) == 0 ? 20_000 : 300)];
            for (int at = 0; at < next.length; at++) {
                next[at] = (byte) written++;
            }
            inbox.add(ByteBuffer.wrap(next));
            byte[] target = new byte[1 + random.nextInt(2_000)];
            while (inbox.hasArrived() && random.nextInt(5) > 0) {
                int read = stream.read(target, 0, target.length);
                for (int at = 0; at < read; at++) {
                    assertThat(target[at]).isEqualTo((byte) seen++);
                }
            }
        }
        inbox.end();
        for (int next = stream.read(); next >= 0; next = stream.read()) {
            assertThat((byte) next).isEqualTo((byte) seen++);
        }
        assertThat(seen).isEqualTo(written);
        assertThat(stream.read()).as("still").isEqualTo(-1);
    }

    @Test
    @DisplayName("Between two threads no byte is lost, doubled or reordered, and no reader is forgotten")
    void twoThreads() throws IOException {
        int pieces = 200_000;
        OnVirtualThread<Void> bringing = OnVirtualThread.start(() -> {
            for (int i = 0; i < pieces; i++) {
                inbox.add(ByteBuffer.wrap(new byte[] {(byte) i}));
            }
            inbox.end();
            return null;
        });
        Semaphore word = new Semaphore(0);
        int seen = 0;
        for (byte[] taken = inbox.take(); taken != null; taken = inbox.take()) {
            assertThat(taken).containsExactly((byte) seen);
            seen++;
            if (seen % 3 == 0 && inbox.onArrival(word::release)) {
                word.acquireUninterruptibly();
                assertThat(inbox.hasArrived()).isTrue();
            }
        }
        assertThat(seen).isEqualTo(pieces);
        assertThat(word.availablePermits()).as("told once, where it was said that it would be").isZero();
        bringing.join();
    }

    @Test
    void aReaderWaits() {
        OnVirtualThread<String> reading = OnVirtualThread.start(this::take);
        add("came");
        assertThat(reading.join()).isEqualTo("came");
    }

    @Test
    void anInterruptEndsTheWait() {
        boolean interrupted = OnVirtualThread.call(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(this::take).isInstanceOf(InterruptedIOException.class);
            return Thread.interrupted();
        });
        assertThat(interrupted).isTrue();
    }

    @Test
    @DisplayName("T25: what came before the break is read before the break is told, each time anew")
    void aBreak() throws IOException {
        IOException why = new IOException("cut");
        add("last words");
        inbox.fail(why);
        inbox.end();
        assertThat(take()).isEqualTo("last words");
        assertThatThrownBy(this::take).isInstanceOf(IOException.class).hasMessage("cut").hasCause(why);
        assertThatThrownBy(this::take).isInstanceOf(IOException.class).hasCause(why);
    }

    @Test
    void wordIsLeftOnlyWhereNothingIsThere() throws IOException {
        assertThat(inbox.onArrival(told::incrementAndGet)).isTrue();
        add("a");
        add("b");
        assertThat(told).as("told once").hasValue(1);
        assertThat(inbox.onArrival(told::incrementAndGet)).as("something is there").isFalse();
        assertThat(take() + take()).isEqualTo("ab");
        assertThat(inbox.onArrival(told::incrementAndGet)).isTrue();
        inbox.end();
        assertThat(told).hasValue(2);
        assertThat(inbox.onArrival(told::incrementAndGet)).as("nothing follows").isFalse();
        assertThat(inbox.takeBack()).isNull();
        assertThat(told).hasValue(2);
    }

    @Test
    void wordIsTakenBack() {
        inbox.onArrival(told::incrementAndGet);
        assertThat(inbox.takeBack()).isNotNull();
        add("a");
        assertThat(told).hasValue(0);
        assertThat(inbox.takeBack()).isNull();
    }

    @Test
    @DisplayName("T20: while much is unread the provider waits: the connection gets no leave to bring more")
    void theWindow() throws IOException {
        inbox.renew(granted::addAndGet);
        assertThat(granted).as("nothing is unread").hasValue(Inbox.WINDOW);

        add("x".repeat(Inbox.WINDOW / 2));
        add("y");
        add("z".repeat(Inbox.WINDOW / 2 - 1));
        inbox.renew(granted::addAndGet);
        assertThat(granted).as("all of it is unread").hasValue(Inbox.WINDOW);

        take();
        assertThat(granted).as("half of it is unread").hasValue(Inbox.WINDOW);
        take();
        assertThat(granted).hasValue(2 * Inbox.WINDOW);
        take();
        assertThat(granted).as("leave is given once").hasValue(2 * Inbox.WINDOW);
    }

    @Test
    @DisplayName("T20: whichever of the two is later, the window is renewed, and once")
    void theWindowBetweenTwoThreads() throws IOException {
        int windows = 20_000;
        Semaphore leave = new Semaphore(0);
        OnVirtualThread<Void> bringing = OnVirtualThread.start(() -> {
            for (int i = 0; i < windows; i++) {
                inbox.add(ByteBuffer.wrap(new byte[Inbox.WINDOW / 2]));
                inbox.renew(bytes -> leave.release());
                leave.acquire();
            }
            inbox.end();
            return null;
        });
        int taken = 0;
        while (inbox.take() != null) {
            taken++;
        }
        assertThat(taken).isEqualTo(windows);
        bringing.join();
        assertThat(leave.availablePermits()).isZero();
    }
}
