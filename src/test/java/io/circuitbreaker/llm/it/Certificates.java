package io.circuitbreaker.llm.it;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The key stores that the build has made for the tests' providers, each with one key and its own certificate. */
final class Certificates {

    private static final Path DIRECTORY = Path.of(System.getProperty("router.certificates"));
    private static final char[] PASSWORD = "for-tests-only".toCharArray();

    private Certificates() {
    }

    /** Sockets of a provider that shows this certificate. */
    static ServerSocketFactory of(String name) {
        try {
            KeyStore store = KeyStore.getInstance(DIRECTORY.resolve(name + ".p12").toFile(), PASSWORD);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context.getServerSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("the build should have made " + DIRECTORY.resolve(name + ".p12"), e);
        }
    }
}
