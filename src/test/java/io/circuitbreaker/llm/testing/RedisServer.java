package io.circuitbreaker.llm.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A real Redis of the test's own, in memory only, on a loopback port of its own. */
public final class RedisServer implements AutoCloseable {

    private static final String PROGRAM = "redis-server";
    private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final int port;
    private Process process;

    private RedisServer(int port) {
        this.port = port;
    }

    /** Skips the test, saying why, where the program is missing. */
    public static RedisServer startOrSkip() {
        return startOrSkip(freePort());
    }

    public static RedisServer startOrSkip(int port) {
        RedisServer server = notStartedOrSkip(port);
        server.start();
        return server;
    }

    public static RedisServer notStartedOrSkip(int port) {
        assumeTrue(isInstalled(), "skipped: the program " + PROGRAM + " is not installed (package redis-server)");
        return new RedisServer(port);
    }

    private static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, PROGRAM)));
    }

    public static int freePort() {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Also after {@link #kill}; then it is empty. Returns when it answers. */
    public void start() {
        try {
            process = new ProcessBuilder(PROGRAM, "--port", "" + port, "--bind", "127.0.0.1", "--save", "", "--appendonly",
                    "no").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long end = System.nanoTime() + START_LIMIT_NANOS;
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                close();
                throw new AssertionError(PROGRAM + " did not start on port " + port);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private boolean answers() {
        try {
            return command("PING").equals("+PONG");
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    /** Sends one command without quoting and returns the first line of the reply, such as {@code :5}. */
    public String command(String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It is gone at once, with all that it had. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
