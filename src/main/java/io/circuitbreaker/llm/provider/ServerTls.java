package io.circuitbreaker.llm.provider;

import java.lang.reflect.Method;
import java.net.SocketAddress;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;

/**
 * TLS as the server is configured for it, at the time: certificates are changed while it runs. Open Liberty keeps its
 * default configuration to itself and lends it by an interface of its own, which is called by reflection; any other server
 * is taken to have set the JVM's.
 */
final class ServerTls implements TlsStrategy {

    private record Current(SSLContext context, TlsStrategy strategy) {
    }

    private static final Logger LOG = Logger.getLogger(ServerTls.class.getName());
    private static final Optional<LibertyHelper> OF_LIBERTY = LibertyHelper.find();

    private volatile Current current;

    @Override
    public void upgrade(TransportSecurityLayer session, NamedEndpoint endpoint, Object attachment, Timeout timeout,
                        FutureCallback<TransportSecurityLayer> callback) {
        strategy().upgrade(session, endpoint, attachment, timeout, callback);
    }

    @Override
    @Deprecated
    public boolean upgrade(TransportSecurityLayer session, HttpHost host, SocketAddress local, SocketAddress remote,
                           Object attachment, Timeout timeout) {
        throw new UnsupportedOperationException("the client calls the other one");
    }

    private TlsStrategy strategy() {
        SSLContext now = context();
        Current known = current;
        if (known == null || known.context != now) {
            known = new Current(now, ClientTlsStrategyBuilder.create().setSslContext(now).buildAsync());
            current = known;
        }
        return known.strategy;
    }

    private static SSLContext context() {
        try {
            return OF_LIBERTY.isPresent() ? OF_LIBERTY.get().context() : SSLContext.getDefault();
        } catch (GeneralSecurityException | ReflectiveOperationException e) {
            throw new IllegalStateException("the server has no default configuration of TLS", e);
        }
    }

    /** {@code com.ibm.websphere.ssl.JSSEHelper}. */
    private record LibertyHelper(Object helper, Method getContext) {

        static Optional<LibertyHelper> find() {
            try {
                Class<?> type = Class.forName("com.ibm.websphere.ssl.JSSEHelper");
                Class<?> listener = Class.forName("com.ibm.websphere.ssl.SSLConfigChangeListener");
                return Optional.of(new LibertyHelper(type.getMethod("getInstance").invoke(null),
                        type.getMethod("getSSLContext", String.class, Map.class, listener)));
            } catch (ReflectiveOperationException e) {
                LOG.log(Level.FINE, e, () -> "this server is not Open Liberty; the JVM's default of TLS is used");
                return Optional.empty();
            }
        }

        SSLContext context() throws ReflectiveOperationException {
            return (SSLContext) getContext.invoke(helper, null,
                    Map.of("com.ibm.ssl.direction", "outbound"), null);
        }
    }
}
