package io.circuitbreaker.llm.rest;

import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Where this server listens. Open Liberty tells in its MBeans; of another server it is not known. */
final class OwnAddress {

    private static final Logger LOG = Logger.getLogger(OwnAddress.class.getName());
    private static final String ENDPOINTS = "WebSphere:feature=channelfw,type=endpoint,name=*";
    private static final String SECURE = "-ssl";
    private static final Set<String> ALL_ADDRESSES = Set.of("*", "0.0.0.0", "::");

    private OwnAddress() {
    }

    /** The base URL of one of the endpoints, one without TLS if there is one. */
    static Optional<String> find() {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            return beans.queryNames(new ObjectName(ENDPOINTS), null).stream()
                    .sorted(Comparator.comparing(OwnAddress::isSecure)).flatMap(name -> url(beans, name)).findFirst();
        } catch (JMException e) {
            throw new IllegalStateException(ENDPOINTS, e);
        }
    }

    private static boolean isSecure(ObjectName endpoint) {
        return endpoint.getKeyProperty("name").endsWith(SECURE);
    }

    private static Stream<String> url(MBeanServer beans, ObjectName endpoint) {
        try {
            String host = beans.getAttribute(endpoint, "Host").toString();
            String port = beans.getAttribute(endpoint, "Port").toString();
            return Stream.of((isSecure(endpoint) ? "https://" : "http://")
                    + (ALL_ADDRESSES.contains(host) ? "localhost" : host) + ":" + port);
        } catch (JMException e) {
            LOG.log(Level.FINE, e, () -> "the endpoint " + endpoint + " does not say where it listens");
            return Stream.empty();
        }
    }
}
