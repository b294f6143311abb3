package io.circuitbreaker.llm.websocket;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.inject.Inject;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Chat over a WebSocket. One object for each socket; the container calls it by one thread at a time. */
@Dependent
@ServerEndpoint(value = SocketGate.PATH, configurator = ChatSocket.Admission.class)
public class ChatSocket {

    private static final Logger LOG = Logger.getLogger(ChatSocket.class.getName());
    private static final String CLIENT = "client";
    /** Of UTF-8. */
    private static final int MAX_BYTES_PER_CHARACTER = 3;
    private static final int MAX_BINARY = 1024;

    // A field, because the container wants a constructor without parameters.
    @Inject
    private SocketServices services;

    private SocketConnection connection;
    private int maxMessageSize;

    @OnOpen
    public void open(Session socket, EndpointConfig endpoint) throws IOException {
        if (!(endpoint.getUserProperties().get(CLIENT) instanceof String client)) {
            close(socket, CloseCodes.VIOLATED_POLICY, "the connection was not admitted");
            return;
        }
        maxMessageSize = services.config().maxMessageSize();
        // The server collects a message before it hands it over; by itself it does so without a limit.
        socket.setMaxTextMessageBufferSize((int) Math.min(Integer.MAX_VALUE, (long) MAX_BYTES_PER_CHARACTER * maxMessageSize));
        socket.setMaxBinaryMessageBufferSize(MAX_BINARY);
        socket.setMaxIdleTimeout(services.config().idleTimeout().toMillis());
        connection = new SocketConnection(services, client, socket);
        connection.watch();
    }

    @OnMessage
    public void message(String text, Session socket) throws IOException {
        if (text.length() > maxMessageSize) {
            close(socket, CloseCodes.TOO_BIG, "a message must have at most " + maxMessageSize
                    + " characters (llm.websocket.max-message-size), had " + text.length());
            return;
        }
        connection.message(text);
    }

    @OnMessage
    public void binary(byte[] data, Session socket) throws IOException {
        close(socket, CloseCodes.CANNOT_ACCEPT, "messages must be text: one JSON object each");
    }

    @OnClose
    public void closed(Session socket, CloseReason reason) {
        LOG.log(Level.FINE, () -> "a socket was closed: " + reason.getCloseCode());
        if (connection != null) {
            connection.closed();
        }
    }

    @OnError
    public void failed(Session socket, Throwable thrown) {
        LOG.log(Level.FINE, "a socket failed", thrown);
    }

    private static void close(Session socket, CloseCodes code, String reason) throws IOException {
        socket.close(new CloseReason(code, reason));
    }

    /** Makes the endpoint a CDI bean, which a configurator of one's own prevents, and hands over who was admitted. */
    public static final class Admission extends ServerEndpointConfig.Configurator {

        @Override
        public <T> T getEndpointInstance(Class<T> endpoint) {
            return CDI.current().select(endpoint).get();
        }

        @Override
        public boolean checkOrigin(String origin) {
            // The filter has looked.
            return true;
        }

        @Override
        public void modifyHandshake(ServerEndpointConfig endpoint, HandshakeRequest request, HandshakeResponse response) {
            String nonce = request.getHeaders().getOrDefault("Sec-WebSocket-Key", List.of("")).getFirst();
            CDI.current().select(Handshakes.class).get().take(nonce)
                    .ifPresent(client -> endpoint.getUserProperties().put(CLIENT, client));
        }
    }
}
