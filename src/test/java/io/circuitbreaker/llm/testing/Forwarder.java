package io.circuitbreaker.llm.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server on this machine that can be cut and mended. */
public final class Forwarder implements AutoCloseable {

    private final ServerSocket door;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile int connections;

    private Forwarder(ServerSocket door, int target) {
        this.door = door;
        this.target = target;
    }

    public static Forwarder to(int port) {
        try {
            Forwarder forwarder = new Forwarder(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
            Thread.ofVirtual().name("forwarder").start(forwarder::accept);
            return forwarder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return door.getLocalPort();
    }

    /** Breaks all connections, and each new one. */
    public void cut() {
        cut = true;
        open.forEach(Forwarder::close);
    }

    public void mend() {
        cut = false;
    }

    /** How many have been made so far, those that broke too. */
    public int connections() {
        return connections;
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                join(door.accept());
            } catch (IOException closed) {
                // The test is over, or the target is not there: the caller's connection is closed by then.
            }
        }
    }

    private void join(Socket caller) throws IOException {
        open.add(caller);
        connections++;
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            open.add(server);
            if (cut) {
                close(server);
                close(caller);
            }
            Thread.ofVirtual().start(() -> copy(caller, server));
            Thread.ofVirtual().start(() -> copy(server, caller));
        } catch (IOException e) {
            close(caller);
            throw e;
        }
    }

    private void copy(Socket from, Socket to) {
        try (from; to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException cutOrClosed) {
            // Which the other side sees as well.
        } finally {
            open.remove(from);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
