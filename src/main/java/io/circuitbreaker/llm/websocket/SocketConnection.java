package io.circuitbreaker.llm.websocket;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.relay.EventOutlet;
import io.circuitbreaker.llm.relay.Follower;
import io.circuitbreaker.llm.relay.Generation;
import io.circuitbreaker.llm.relay.Heartbeat;
import io.circuitbreaker.llm.relay.KeptDelivery;
import io.circuitbreaker.llm.session.FlowConfig;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamingSession;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One client's socket and the streams on it. Messages come one at a time; streams end on their own threads. */
final class SocketConnection {

    private static final Logger LOG = Logger.getLogger(SocketConnection.class.getName());

    private final SocketServices services;
    private final String client;
    private final Session socket;
    private final SocketSender sender;
    private final SocketStreams streams = new SocketStreams();
    private final Heartbeat heartbeat;

    SocketConnection(SocketServices services, String client, Session socket) {
        this.services = services;
        this.client = client;
        this.socket = socket;
        this.sender = new SocketSender(socket, flow().slowClientTimeout(), this::tooSlow);
        this.heartbeat = new Heartbeat(services.generations().config().heartbeatInterval().toNanos(), sender::sentAt,
                this::ping);
    }

    /** Begins to look for whether the client is still there. */
    void watch() {
        services.watchdog().watch(heartbeat);
    }

    private void ping() {
        try {
            sender.ping();
        } catch (LlmException gone) {
            closed();
        }
    }

    /** What goes wrong with a message is told, and the socket stays open. */
    void message(String text) {
        try {
            handleOrTell(text);
        } catch (LlmException e) {
            if (!(e.failure() instanceof Failure.ClientGone)) {
                throw e;
            }
            LOG.log(Level.FINE, "a client went away before its message was answered", e);
        }
    }

    private void handleOrTell(String text) {
        try {
            handle(ClientMessage.read(text));
        } catch (LlmException e) {
            if (e.failure() instanceof Failure.ClientGone) {
                throw e;
            }
            sender.send(ServerMessage.error(ClientMessage.idOf(text), dialect().error(e.failure())));
        }
    }

    private void handle(ClientMessage message) {
        switch (message) {
            case ClientMessage.Chat chat -> begin(chat);
            case ClientMessage.Resume resume -> resume(resume);
            case ClientMessage.Cancel cancel ->
                    streams.find(cancel.id()).ifPresent(stream -> cancel(stream, cancel.id()));
            case ClientMessage.Credits credits ->
                    streams.find(credits.id()).ifPresent(stream -> stream.credit().add(credits.chunks()));
            case ClientMessage.Ping ping -> sender.send(ServerMessage.pong(ping.id()));
        }
    }

    private void begin(ClientMessage.Chat chat) {
        streams.checkFree(chat.id());
        LlmRequest request = services.requests().read(chat.request(), chat.headers()::get).streamed();
        Duration grace = services.grace(chat.grace());
        Optional<StreamingSession> session = chat.session().map(id -> services.session(id, client));
        StreamOwner owner = services.owner(client, request, chat.project(), session);
        Generation generation = services.generations().admit(request, owner, session);
        KeptDelivery kept = new KeptDelivery(services.generations().keep(generation, request, grace));
        Credit credit = credit(chat.credit());
        generation.onCancel(credit::end);
        SocketStream stream = new SocketStream(credit, generation::cancel, kept::leave);
        streams.begin(chat.id(), stream);
        kept.deliverTo(new SocketDelivery(sender, chat.id(), credit, () -> streams.end(chat.id(), stream)));
        try {
            sender.send(ServerMessage.started(chat.id(), generation.id(), chat.credit()));
        } finally {
            // It has its place, which only its end gives back.
            generation.start(new EventOutlet(request, dialect(), kept));
        }
    }

    private void resume(ClientMessage.Resume resume) {
        streams.checkFree(resume.id());
        ReadableStream followed = services.stream(resume.streamId(), client);
        Credit credit = credit(resume.credit());
        SocketStream stream = new SocketStream(credit, followed::cancel, () -> { });
        SocketDelivery delivery = new SocketDelivery(sender, resume.id(), credit, () -> streams.end(resume.id(), stream));
        streams.begin(resume.id(), stream);
        sender.send(ServerMessage.started(resume.id(), resume.streamId(), resume.credit()));
        new Follower(followed, followed.read(), dialect(), delivery, services.generations().config().heartbeatInterval())
                .start(resume.after());
    }

    private static void cancel(SocketStream stream, String id) {
        Failure why = new Failure.Cancelled("stream '" + id + "' was cancelled by its client");
        stream.cancel().accept(why);
        stream.credit().end(why);
    }

    private Credit credit(long chunks) {
        Duration limit = flow().slowClientTimeout();
        return new Credit(flow().enabled(), chunks, limit, () -> services.slowClients().givenUp("gave no credit", limit));
    }

    private FlowConfig flow() {
        return services.generations().config().flow();
    }

    private ClientDialect dialect() {
        return services.requests().openAi();
    }

    /** It has taken nothing for too long. To close its socket in order may last as long as it takes nothing. */
    private void tooSlow() {
        Failure why = services.slowClients().givenUp(flow().slowClientTimeout());
        closed();
        Thread.ofVirtual().name("llm-socket-close").start(() -> close(why.message()));
    }

    private void close(String reason) {
        try {
            socket.close(new CloseReason(CloseCodes.VIOLATED_POLICY, reason));
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.FINE, "a socket that takes nothing could not be closed in order", e);
        }
    }

    /** The streams go on for their grace: their client may come back on another socket. */
    void closed() {
        heartbeat.stop();
        sender.close();
        Failure gone = new Failure.ClientGone("the client closed its socket");
        streams.all().forEach(stream -> {
            stream.leave().run();
            stream.credit().end(gone);
        });
    }
}
