package io.circuitbreaker.llm.provider;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Random;
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

    private String read(int length) throws IOException {
        byte[] target = new byte[length];
        int read = inbox.read(target, 0, length);
        return read < 0 ? "end" : new String(target, 0, read, US_ASCII);
    }

    @Test
    void whatCameIsReadInItsOrder() throws IOException {
        add("one ");
        add("two");
        assertThat(read(2)).isEqualTo("on");
        add(" three");
        assertThat(read(100)).isEqualTo("e two three");
        assertThat(inbox.hasArrived()).isFalse();
        inbox.end();
        assertThat(inbox.hasArrived()).isTrue();
        assertThat(read(1)).isEqualTo("end");
        assertThat(read(1)).isEqualTo("end");
    }

    @Test
    @DisplayName("No byte is lost or doubled, whatever the sizes of what comes and of what is read")
    void anySizes() throws IOException {
        Random random = new Random(5);
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
                int read = inbox.read(target, 0, target.length);
                for (int at = 0; at < read; at++) {
                    assertThat(target[at]).isEqualTo((byte) seen++);
                }
            }
        }
        while (inbox.hasArrived()) {
            seen += inbox.read(new byte[4096], 0, 4096);
        }
        assertThat(seen).isEqualTo(written);
    }

    @Test
    void aReaderWaits() {
        OnVirtualThread<String> reading = OnVirtualThread.start(() -> read(10));
        add("came");
        assertThat(reading.join()).isEqualTo("came");
    }

    @Test
    void anInterruptEndsTheWait() {
        boolean interrupted = OnVirtualThread.call(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> read(1)).isInstanceOf(InterruptedIOException.class);
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
        assertThat(read(100)).isEqualTo("last words");
        assertThatThrownBy(() -> read(1)).isInstanceOf(IOException.class).hasMessage("cut").hasCause(why);
        assertThatThrownBy(() -> read(1)).isInstanceOf(IOException.class).hasCause(why);
    }

    @Test
    void wordIsLeftOnlyWhereNothingIsThere() throws IOException {
        assertThat(inbox.onArrival(told::incrementAndGet)).isTrue();
        add("a");
        add("b");
        assertThat(told).as("told once").hasValue(1);
        assertThat(inbox.onArrival(told::incrementAndGet)).as("something is there").isFalse();
        assertThat(read(9)).isEqualTo("ab");
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

        add("x".repeat(Inbox.WINDOW));
        inbox.renew(granted::addAndGet);
        assertThat(granted).as("all of it is unread").hasValue(Inbox.WINDOW);

        read(Inbox.WINDOW / 2);
        assertThat(granted).as("half of it is unread").hasValue(Inbox.WINDOW);
        read(1);
        assertThat(granted).hasValue(2 * Inbox.WINDOW);
        read(Inbox.WINDOW);
        assertThat(granted).as("leave is given once").hasValue(2 * Inbox.WINDOW);
    }
}
