package io.circuitbreaker.llm;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.circuitbreaker.llm.sse.SseParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Packages depend on each other one way, as the table here says. A package that the table does not know fails, so that
 * whoever adds one has to find its place.
 */
class ArchitectureTest {

    private static final String BASE = "io.circuitbreaker.llm";
    private static final String LANGUAGE = "dialect.*";
    /** The package above all others; it may use them, and none of them may use it. */
    private static final String ROOT = "";

    private static final Set<String> ALL_BELOW_THE_EDGES =
            Set.of("bean", "config", "chat", "sse", "dialect", "provider", "routing", "session", "observe", "relay",
                    "edge");

    /** What each package may use of ours besides itself. The languages are all in one row: none may use another. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("chat", Set.of()),
            Map.entry("sse", Set.of()),
            Map.entry("bean", Set.of()),
            Map.entry("config", Set.of()),
            Map.entry("dialect", Set.of("chat", "sse")),
            Map.entry(LANGUAGE, Set.of("chat", "sse", "dialect")),
            Map.entry("provider", Set.of("bean", "config", "chat", "sse", "dialect")),
            Map.entry("routing", Set.of("bean", "config", "chat", "provider")),
            Map.entry("session", Set.of("bean", "config", "chat")),
            Map.entry("observe", Set.of("bean", "chat", "provider", "routing", "session")),
            Map.entry("relay", Set.of("bean", "chat", "dialect", "provider", "routing", "session", "observe")),
            Map.entry("edge", Set.of("bean", "config", "chat", "dialect", "routing")),
            Map.entry("rest", ALL_BELOW_THE_EDGES),
            Map.entry("websocket", ALL_BELOW_THE_EDGES),
            Map.entry(ROOT, Stream.concat(ALL_BELOW_THE_EDGES.stream(), Stream.of("rest", "websocket"))
                    .collect(Collectors.toSet())));

    /** What the pure packages may use of others: no I/O of the platform, no configuration, no threads of the server. */
    private static final Map<String, List<String>> MAY_USE_OF_OTHERS = Map.of(
            "chat", List.of("java.", "jakarta.json."),
            "sse", List.of("java."),
            "dialect", List.of("java.", "jakarta.json."),
            LANGUAGE, List.of("java.", "jakarta.json.", "jakarta.enterprise.context.", "jakarta.inject."));

    private static final Set<String> TIMED_WAITS = Set.of("java.lang.Thread.sleep", "java.lang.Thread.join",
            "java.lang.Object.wait", "java.util.concurrent.TimeUnit.sleep", "java.util.concurrent.TimeUnit.timedWait",
            "java.util.concurrent.TimeUnit.timedJoin", "java.util.concurrent.CountDownLatch.await",
            "java.util.concurrent.locks.Condition.await", "java.util.concurrent.locks.Condition.awaitNanos",
            "java.util.concurrent.locks.LockSupport.parkNanos", "java.util.concurrent.locks.LockSupport.parkUntil",
            "java.util.concurrent.locks.ReentrantLock.tryLock", "java.util.concurrent.Semaphore.tryAcquire",
            "java.util.concurrent.BlockingQueue.poll", "java.util.concurrent.Future.get",
            "java.util.concurrent.CompletableFuture.get");

    /** What the time is given as; a wait without one is for something to happen. */
    private static final Set<String> TIMES = Set.of("long", "java.time.Duration");

    private static final Path CLASSES = classesFolder();
    private static final JavaClasses MAIN = new ClassFileImporter().importPath(CLASSES);

    @Test
    @DisplayName("The rules see every class: an importer that cannot read a class file's version leaves it out")
    void everyClassIsRead() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            assertThat(MAIN).hasSize((int) files.filter(file -> file.toString().endsWith(".class")).count());
        }
        assertThat(MAIN.contain(SseParser.class)).isTrue();
        assertThat(MAIN.get(SseParser.class).getMethods()).isNotEmpty();
    }

    @Test
    void noPackageCycles() {
        slices().matching(BASE + ".(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void everyPackageHasItsPlace() {
        assertThat(MAIN.stream().filter(type -> !MAY_USE.containsKey(row(type))).map(JavaClass::getName)).isEmpty();
    }

    @Test
    @DisplayName("Packages use only those below them; a language is used by nobody, not by another language either")
    void dependenciesPointOneWay() {
        assertThat(violations((from, to) -> isOurs(to) && !part(from).equals(part(to))
                && !MAY_USE.getOrDefault(row(from), Set.of()).contains(part(to)))).isEmpty();
    }

    @Test
    void purePackagesStayPure() {
        assertThat(violations((from, to) -> !isOurs(to) && MAY_USE_OF_OTHERS.containsKey(row(from))
                && MAY_USE_OF_OTHERS.get(row(from)).stream().noneMatch(to.getName()::startsWith))).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsFor() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            List<Path> packages = files.filter(file -> file.toString().endsWith(".java")).map(Path::getParent)
                    .distinct().toList();
            assertThat(packages).isNotEmpty().allSatisfy(folder ->
                    assertThat(folder.resolve("package-info.java")).isRegularFile().content().contains("/**"));
        }
    }

    @Test
    @DisplayName("T52: nobody waits for a time to pass but those whose task that is, and none of them is on a token's way")
    void noTokenWaitsForATime() {
        Set<String> waiting = MAIN.stream().flatMap(type -> type.getMethodCallsFromSelf().stream())
                .filter(call -> isTimedWait(call.getTarget()))
                .map(call -> call.getOriginOwner().getSimpleName()).collect(Collectors.toSet());
        // Until a deadline; between two attempts; for a server's first exchange; until the demo's next word is due; for the
        // first of several; for a client's credit; for what a stream that is followed says next; before a Redis that did not
        // answer is asked again; until real streams are over; when the server stops, for the streams to end.
        assertThat(waiting).containsExactlyInAnyOrder("Watchdog", "Cancellation", "ColdStart", "DemoStream",
                "HandOver", "Credit", "LiveStream", "SocketSender", "Mirror", "MirroredStream", "RemoteStream",
                "WarmUp", "StreamingManager");
    }

    private static boolean isTimedWait(AccessTarget.MethodCallTarget method) {
        boolean timed = method.getRawParameterTypes().stream().anyMatch(type -> TIMES.contains(type.getName()));
        return timed && TIMED_WAITS.contains(method.getOwner().getName() + "." + method.getName());
    }

    private static List<String> violations(BiPredicate<JavaClass, JavaClass> forbidden) {
        return MAIN.stream().flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(dependency -> !dependency.getTargetClass().getBaseComponentType().isPrimitive())
                .filter(dependency -> forbidden.test(dependency.getOriginClass(),
                        dependency.getTargetClass().getBaseComponentType()))
                .map(Dependency::getDescription).sorted().toList();
    }

    /** What the rules treat as one: the package below ours with all that is in it, but each language by itself. */
    private static String part(JavaClass type) {
        String[] names = type.getPackageName().substring(BASE.length()).split("\\.");
        String first = names.length > 1 ? names[1] : "";
        return first.equals("dialect") && names.length > 2 ? "dialect." + names[2] : first;
    }

    private static String row(JavaClass type) {
        String part = part(type);
        return part.startsWith("dialect.") ? LANGUAGE : part;
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(BASE) || type.getPackageName().startsWith(BASE + ".");
    }

    private static Path classesFolder() {
        try {
            return Path.of(SseParser.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
