package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.Failure;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** The streams that can be come back to, in the store that is configured. Thread-safe. */
@Unproxied
public class LiveStreams {

    private final StreamStore store;

    @Inject
    public LiveStreams(@Any Instance<StreamStore> stores, StreamingManager manager) {
        this(called(manager.config().replay().store(), stores));
    }

    LiveStreams(StreamStore store) {
        this.store = store;
    }

    private static StreamStore called(String wanted, Instance<StreamStore> stores) {
        return stores.stream().filter(known -> known.name().equals(wanted)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(StreamingConfig.PREFIX + "store must be one of "
                        + stores.stream().map(StreamStore::name).sorted().toList() + ", was '" + wanted + "'"));
    }

    /** Makes a bad value stop the application, not its first request. */
    void check(@Observes Startup startup) {
        store.name();
    }

    /**
     * Begins to keep a stream.
     *
     * @param model  as the client named it
     * @param grace  how long it goes on while nobody reads it
     * @param cancel ends what makes its events
     */
    public LiveStream open(StreamPlace place, String model, Duration grace, Consumer<Failure> cancel) {
        return store.open(new StreamInfo(place.id(), place.owner(), model, Instant.now(),
                place.session().map(StreamingSession::id)), grace, cancel);
    }

    /** Empty if it is not kept, or is another client's, which must not tell the two apart. */
    public Optional<ReadableStream> find(String id, String client) {
        return store.find(id).filter(stream -> stream.info().owner().belongsTo(client));
    }

    public StoreState storeState() {
        return store.state();
    }

    void sweep() {
        store.sweep();
    }
}
