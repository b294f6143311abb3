package io.circuitbreaker.llm.provider;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.logging.Level;
import java.util.logging.Logger;
import jdk.net.ExtendedSocketOptions;

/**
 * Has the operating system acknowledge several tokens at once. Who only listens is taken for a bulk transfer and
 * acknowledges each small packet by itself, at once: that is an eighth of what a token costs (Linux, {@code TCP_QUICKACK}
 * in tcp(7)). The system forgets it by itself, so that it is told again now and then. For one connection and its reader.
 */
final class DelayedAcks {

    /** A power of two. One call costs less than the acknowledgements that it saves. */
    private static final int EVERY_READS = 8;
    private static final Logger LOG = Logger.getLogger(DelayedAcks.class.getName());

    private final SocketChannel socket;
    private int reads;

    private DelayedAcks(SocketChannel socket) {
        this.socket = socket;
    }

    /** Does nothing where the system cannot. */
    static DelayedAcks of(ByteChannel channel) {
        boolean can = channel instanceof SocketChannel socket
                && socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK);
        return new DelayedAcks(can ? (SocketChannel) channel : null);
    }

    void beforeRead() {
        if (socket != null && (reads++ & EVERY_READS - 1) == 0) {
            try {
                socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, false);
            } catch (IOException e) {
                LOG.log(Level.FINE, "acknowledgements stay as they are", e);
            }
        }
    }
}
