package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DelayedAcksTest {

    private ServerSocketChannel server;
    private SocketChannel client;

    @BeforeEach
    void connect() throws IOException {
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        client = SocketChannel.open(server.getLocalAddress());
        assumeTrue(client.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK),
                "this system cannot delay acknowledgements");
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void aTokenIsNotAcknowledgedByItself() throws IOException {
        client.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        DelayedAcks.of(client).beforeRead();
        assertThat(client.getOption(ExtendedSocketOptions.TCP_QUICKACK)).isFalse();
    }

    @Test
    void theSystemIsToldAgainWhenItHasForgotten() throws IOException {
        DelayedAcks acks = DelayedAcks.of(client);
        acks.beforeRead();
        client.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        for (int read = 0; read < 8; read++) {
            acks.beforeRead();
        }
        assertThat(client.getOption(ExtendedSocketOptions.TCP_QUICKACK)).isFalse();
    }

    @Test
    void aChannelThatIsNoSocketIsLeftAlone() {
        assertThatNoException().isThrownBy(() -> DelayedAcks.of(new Pipe()).beforeRead());
    }

    private static final class Pipe implements ByteChannel {

        @Override
        public int read(ByteBuffer target) {
            return 0;
        }

        @Override
        public int write(ByteBuffer source) {
            return 0;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
