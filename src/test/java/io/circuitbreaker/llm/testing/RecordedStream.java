package io.circuitbreaker.llm.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real provider's stream and what an independent parser found in it. The recordings are third-party data that lie
 * beside the project; where they are absent the tests that need them are skipped.
 *
 * @param name   folder and file, e.g. {@code anthropic/tools-parallel.sse}
 * @param expect the members are explained in the recordings' own INDEX.md
 */
public record RecordedStream(String name, byte[] bytes, JsonObject expect) {

    private static final Path ROOT = Path.of("..", "shared", "streams");

    /** All SSE recordings in these folders, without those of the Responses API, which is not ours. */
    public static Stream<RecordedStream> in(String... folders) {
        assumeTrue(Files.isDirectory(ROOT), "recorded streams are not here: " + ROOT);
        return Stream.of(folders).map(ROOT::resolve).flatMap(RecordedStream::sseFiles)
                .filter(file -> !wire(file).equals("responses")).map(RecordedStream::load);
    }

    /** A file of the recordings' folder, such as {@code sse-grammar.json} or {@code errors/groq-429.json}. */
    public static String text(String name) {
        assumeTrue(Files.isDirectory(ROOT), "recorded streams are not here: " + ROOT);
        return read(ROOT.resolve(name));
    }

    /** Recorded error bodies, as the names that {@link #text} takes, without those of expectations. */
    public static Stream<String> errorBodies() {
        assumeTrue(Files.isDirectory(ROOT), "recorded streams are not here: " + ROOT);
        return list(ROOT.resolve("errors")).map(file -> "errors/" + file.getFileName())
                .filter(name -> !name.endsWith(".expect.json"));
    }

    /** The parameter's name in test reports. */
    @Override
    public String toString() {
        return name;
    }

    private static RecordedStream load(Path file) {
        try {
            String name = ROOT.relativize(file).toString().replace('\\', '/');
            return new RecordedStream(name, Files.readAllBytes(file), expectation(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> sseFiles(Path folder) {
        return list(folder).filter(file -> file.toString().endsWith(".sse"));
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return List.copyOf(files.sorted().toList()).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String wire(Path file) {
        return expectation(file).getJsonObject("source").getString("wire", "");
    }

    private static JsonObject expectation(Path file) {
        return JsonText.parseObject(read(Path.of(file.toString().replaceFirst("\\.sse$", ".expect.json"))));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
