package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The server's JVM, seen from outside by the JDK's own tool. */
final class ServerJvm {

    private ServerJvm() {
    }

    /** A dump of all threads by line; those of other tools leave virtual threads out. */
    static List<String> threads() throws IOException {
        Path dump = Files.createTempDirectory("server").resolve("threads.txt");
        jcmd("Thread.dump_to_file", dump.toString());
        return Files.readAllLines(dump);
    }

    /** The platform threads, each with its name first and then its stack. */
    static List<String> platformThreads() throws IOException {
        List<String> threads = new ArrayList<>();
        for (String block : jcmd("Thread.print").split("\n\n")) {
            if (block.strip().startsWith("\"")) {
                threads.add(block.strip());
            }
        }
        return threads;
    }

    /** What is reachable after a full collection. */
    static long liveBytes() throws IOException {
        // The finalizers of one collection let go of what only the next one can take.
        jcmd("GC.run");
        String total = jcmd("GC.class_histogram").lines().filter(line -> line.startsWith("Total")).findFirst().orElseThrow();
        return Long.parseLong(total.strip().split("\\s+")[2]);
    }

    private static String jcmd(String... command) throws IOException {
        long server = ProcessHandle.current().descendants()
                .filter(process -> process.info().commandLine().orElse("").contains("ws-javaagent"))
                .findFirst().orElseThrow().pid();
        List<String> all = new ArrayList<>();
        all.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        all.add(Long.toString(server));
        all.addAll(List.of(command));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", all) + " failed: " + said);
        }
        return said;
    }
}
