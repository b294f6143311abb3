package io.circuitbreaker.llm.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server of a test's own beside the one that all tests share, of the same installation, with {@code server-config} as it
 * is and the same WAR. It can be killed.
 */
final class OwnServer implements AutoCloseable {

    private static final Path WLP = Path.of(System.getProperty("router.wlp"));
    private static final Path USER_FOLDER = WLP.resolveSibling("own");
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final int port;
    private final Path folder;
    private final Process process;

    private OwnServer(int port, Path folder, Process process) {
        this.port = port;
        this.folder = folder;
        this.process = process;
    }

    /**
     * Starts one without waiting for it.
     *
     * @param settings by their environment variables, besides those of the shared server
     */
    static OwnServer start(String name, int port, Map<String, String> settings) {
        Path folder = USER_FOLDER.resolve("servers").resolve(name);
        try {
            Files.createDirectories(folder.resolve("apps"));
            copy(Path.of("server-config", "server.xml"), folder);
            copy(Path.of("server-config", "jvm.options"), folder);
            copy(Path.of("src", "test", "liberty", "server.env"), folder);
            copy(Path.of(System.getProperty("router.war")), folder.resolve("apps"));
            ProcessBuilder command = new ProcessBuilder(WLP.resolve("bin").resolve("server").toString(), "run", name)
                    .redirectErrorStream(true).redirectOutput(new File(folder.toFile(), "console.log"));
            Map<String, String> environment = command.environment();
            environment.put("WLP_USER_DIR", USER_FOLDER.toString());
            environment.put("HTTP_PORT", "" + port);
            // It lives for seconds: what a second compiler makes would hardly be used.
            environment.put("JVM_ARGS", "-XX:TieredStopAtLevel=1");
            environment.putAll(settings);
            return new OwnServer(port, folder, command.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path file, Path folder) throws IOException {
        Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }

    OwnServer awaitReady() {
        Await.until(this::health, "200"::equals, START_LIMIT);
        return this;
    }

    private String health() {
        if (!process.isAlive()) {
            throw new AssertionError("the server is gone; see " + folder.resolve("console.log"));
        }
        try {
            return "" + exchange("GET", "/health/ready", "", Map.of()).statusCode();
        } catch (UncheckedIOException notYet) {
            return notYet.getMessage();
        }
    }

    int port() {
        return port;
    }

    HttpResponse<String> exchange(String method, String path, String body, Map<String, String> headers) {
        return Router.exchange(URI.create("http://localhost:" + port + path), method, body, headers);
    }

    String log() {
        try {
            return Files.readString(folder.resolve("logs").resolve("messages.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL: it has no time for anything. */
    void kill() {
        all().forEach(ProcessHandle::destroyForcibly);
        all().forEach(handle -> handle.onExit().join());
    }

    /** The script may have become the JVM or have it as its child. */
    private Stream<ProcessHandle> all() {
        return Stream.concat(process.descendants(), Stream.of(process.toHandle()));
    }

    @Override
    public void close() {
        all().forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
    }
}
