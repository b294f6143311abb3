package io.circuitbreaker.llm.provider;

import java.lang.reflect.Method;
import java.net.SocketAddress;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * default configuration to itself and lends it by an interface of its own, which is called by reflection; where it has
 * none, as on any other server, the JVM's is used.
 */
final class ServerTls implements TlsStrategy {

    private record Current(SSLContext context, TlsStrategy strategy) {
    }

    private static final Logger LOG = Logger.getLogger(ServerTls.class.getName());
    private static final Optional<LibertyHelper> OF_LIBERTY = LibertyHelper.find();

    private static final AtomicBoolean WARNED = new AtomicBoolean();

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
            Optional<SSLContext> ofLiberty = OF_LIBERTY.flatMap(LibertyHelper::context);
            return ofLiberty.isPresent() ? ofLiberty.get() : SSLContext.getDefault();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JVM has no default configuration of TLS", e);
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

        /** Empty if the server has none, as one without a key store: that is no reason to trust nobody. */
        Optional<SSLContext> context() {
            try {
                return Optional.of((SSLContext) getContext.invoke(helper, null,
                        Map.of("com.ibm.ssl.direction", "outbound"), null));
            } catch (ReflectiveOperationException e) {
                LOG.log(WARNED.compareAndSet(false, true) ? Level.WARNING : Level.FINE, e, () -> "Open Liberty has no"
                        + " default configuration of TLS that can be used; providers are checked against the certificate"
                        + " authorities of the JVM");
                return Optional.empty();
            }
        }
    }
}
