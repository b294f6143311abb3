package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.chat.Failure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps streams in the memory of this server: who comes back to another one finds nothing. What has ended is forgotten
 * after a time, and earlier, the oldest first, when all that has ended together is too large. Thread-safe.
 */
@ApplicationScoped
public class MemoryStreamStore implements StreamStore {

    public static final String NAME = "memory";

    private final Map<String, LiveStream> streams = new ConcurrentHashMap<>();
    private final StreamingManager manager;
    private final LongSupplier nanoTime;

    /** For the proxy. */
    protected MemoryStreamStore() {
        this(null, null);
    }

    @Inject
    public MemoryStreamStore(StreamingManager manager) {
        this(manager, System::nanoTime);
    }

    MemoryStreamStore(StreamingManager manager, LongSupplier nanoTime) {
        this.manager = manager;
        this.nanoTime = nanoTime;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public LiveStream open(StreamInfo info, Duration grace, Consumer<Failure> cancel) {
        LiveStream stream = new LiveStream(info, grace, replay().bufferSize(), cancel, nanoTime);
        streams.put(info.id(), stream);
        return stream;
    }

    @Override
    public Optional<ReadableStream> find(String id) {
        return Optional.ofNullable(streams.get(id));
    }

    @Override
    public StoreState state() {
        return StoreState.fine(NAME);
    }

    @Override
    public void sweep() {
        streams.values().forEach(LiveStream::cancelIfForsaken);
        streams.values().removeIf(stream -> stream.idleSinceEnd()
                .filter(idle -> idle.compareTo(replay().retention()) >= 0).isPresent());
        forgetOldest();
    }

    private void forgetOldest() {
        List<LiveStream> ended = streams.values().stream().filter(stream -> stream.idleSinceEnd().isPresent())
                .sorted(Comparator.comparing(LiveStream::createdAt)).toList();
        long characters = ended.stream().mapToLong(LiveStream::characters).sum();
        for (LiveStream oldest : ended) {
            if (characters <= replay().storeSize()) {
                return;
            }
            characters -= oldest.characters();
            streams.remove(oldest.info().id());
        }
    }

    private ReplayConfig replay() {
        return manager.config().replay();
    }
}
