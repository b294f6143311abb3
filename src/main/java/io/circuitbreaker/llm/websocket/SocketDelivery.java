package io.circuitbreaker.llm.websocket;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.relay.Delivery;
import io.circuitbreaker.llm.routing.RoutedStream;
import java.util.List;

/** The events of one stream as messages on a socket that it shares with others. */
final class SocketDelivery implements Delivery {

    private final SocketSender sender;
    private final String id;
    private final Credit credit;
    private final Runnable onEnd;
    // until the first chunk has said it
    private List<String> droppedParams = List.of();

    /** @param onEnd called when nothing follows, at least once */
    SocketDelivery(SocketSender sender, String id, Credit credit, Runnable onEnd) {
        this.sender = sender;
        this.id = id;
        this.credit = credit;
        this.onEnd = onEnd;
    }

    @Override
    public void begin(RoutedStream answer) {
        // Each chunk says who speaks.
        droppedParams = answer.stream().droppedParams();
    }

    /** It may wait for credit, which is not to be foreseen. */
    @Override
    public boolean sharesThreads() {
        return false;
    }

    @Override
    public void event(long seq, String data) {
        if (ServerMessage.isChunk(data)) {
            credit.take();
            sender.send(ServerMessage.chunk(id, seq, droppedParams, data));
            droppedParams = List.of();
            return;
        }
        if (ServerMessage.isLast(data)) {
            // Before the client knows: it may use the id again at once.
            onEnd.run();
        }
        sender.send(ServerMessage.of(id, seq, data));
    }

    @Override
    public void flush() {
        // Each message is sent as it is.
    }

    @Override
    public void heartbeat() {
        sender.ping();
    }

    @Override
    public void end() {
        onEnd.run();
    }

    @Override
    public void fail(LlmException why, long seq, String data) {
        onEnd.run();
        if (!(why.failure() instanceof Failure.ClientGone)) {
            sender.send(ServerMessage.of(id, seq, data));
        }
    }
}
