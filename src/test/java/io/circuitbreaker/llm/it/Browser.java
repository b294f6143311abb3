package io.circuitbreaker.llm.it;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real Chromium without a window, driven over the W3C WebDriver protocol. */
final class Browser implements AutoCloseable {

    /** Why tests are skipped without it. */
    static final String NEEDED =
            "skipped: needs /usr/bin/chromium and /usr/bin/chromedriver (Debian: chromium, chromium-driver)";

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final List<String> FLAGS = List.of("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--window-size=1000,1400");

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Process driver;
    private final Path profile;
    private final String session;

    private Browser(Process driver, Path profile, int port) {
        this.driver = driver;
        this.profile = profile;
        String args = Stream.concat(FLAGS.stream(), Stream.of("--user-data-dir=" + profile)).map(JsonText::quote)
                .collect(Collectors.joining(","));
        String url = "http://127.0.0.1:" + port + "/session";
        JsonObject begun = call("POST", url, "{\"capabilities\":{\"alwaysMatch\":{\"browserName\":\"chrome\","
                + "\"goog:chromeOptions\":{\"binary\":" + JsonText.quote(CHROMIUM.toString()) + ",\"args\":[" + args + "]}}}}");
        this.session = url + "/" + begun.getJsonObject("value").getString("sessionId");
    }

    static boolean isInstalled() {
        return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
    }

    static Browser start(int driverPort) throws IOException {
        Process driver = new ProcessBuilder(DRIVER.toString(), "--port=" + driverPort).redirectErrorStream(true).start();
        awaitReady(driver);
        return new Browser(driver, Files.createTempDirectory("chromium-profile"), driverPort);
    }

    private static void awaitReady(Process driver) throws IOException {
        BufferedReader out = driver.inputReader();
        StringBuilder said = new StringBuilder();
        String line = out.readLine();
        while (line != null && !line.contains("started successfully")) {
            said.append(line).append('\n');
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException("chromedriver did not start: " + said);
        }
    }

    void open(String url) {
        call("POST", session + "/url", "{\"url\":" + JsonText.quote(url) + "}");
    }

    /** Runs it in the page. What it returns must be a string. */
    String run(String script) {
        return execute("sync", script);
    }

    /**
     * Runs it in the page as the body of an async function, and waits for its end. What it returns must be a string; what it
     * throws is returned as {@code thrown: <name>: <message>}.
     */
    String await(String script) {
        return execute("async", "const done = arguments[arguments.length - 1]; (async () => {" + script
                + "})().then(done, (e) => done(`thrown: ${e.name}: ${e.message}`));");
    }

    private String execute(String how, String script) {
        JsonObject answer = call("POST", session + "/execute/" + how, "{\"args\":[],\"script\":" + JsonText.quote(script) + "}");
        return answer.get("value") instanceof JsonString text ? text.getString() : "";
    }

    /** The text of an element, whitespace as it is. */
    String text(String id) {
        return run("return document.getElementById('" + id + "').textContent");
    }

    void screenshot(Path file) throws IOException {
        Files.write(file, Base64.getDecoder().decode(call("GET", session + "/screenshot", "").getString("value")));
    }

    private JsonObject call(String method, String url, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)).build();
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new AssertionError("the browser answered " + response.statusCode() + ": " + response.body());
            }
            return JsonText.parseObject(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() throws IOException {
        call("DELETE", session, "");
        driver.destroy();
        http.close();
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
