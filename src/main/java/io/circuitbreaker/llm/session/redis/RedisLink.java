package io.circuitbreaker.llm.session.redis;

import io.circuitbreaker.llm.session.RedisConfig;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The connections to Redis, which are made when they are needed: one kind for short questions, of which there are few, and
 * one for waiting, so that those who wait leave way for the others. Thread-safe; all of it blocks.
 */
final class RedisLink implements AutoCloseable {

    private static final int ASKING = 16;
    private static final int TIMEOUT_IN_MILLIS = 2000;

    private final RedisConfig config;
    private final HostAndPort address;
    private final DefaultJedisClientConfig client;
    private final ConnectionPool asking;
    private final ConnectionPool waiting;

    RedisLink(RedisConfig config) {
        this.config = config;
        this.address = new HostAndPort(config.host(), config.port());
        this.client = client(config);
        this.asking = new ConnectionPool(address, client, pool(ASKING));
        this.waiting = new ConnectionPool(address, client, pool(config.connections()));
    }

    private static DefaultJedisClientConfig client(RedisConfig config) {
        // The JDK's certificate authorities, and a certificate of this host.
        SslOptions tls = SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build();
        return DefaultJedisClientConfig.builder().protocol(RedisProtocol.RESP2).connectionTimeoutMillis(TIMEOUT_IN_MILLIS)
                .socketTimeoutMillis(TIMEOUT_IN_MILLIS).blockingSocketTimeoutMillis(2 * TIMEOUT_IN_MILLIS)
                .user(config.user().orElse(null)).password(config.password().orElse(null)).database(config.database())
                .clientName("llm-router").clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .sslOptions(config.tls() ? tls : null).build();
    }

    private static ConnectionPoolConfig pool(int size) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(size);
        pool.setMaxIdle(size);
        pool.setFairness(true);
        pool.setMaxWait(Duration.ofMillis(TIMEOUT_IN_MILLIS));
        pool.setJmxEnabled(false);
        return pool;
    }

    /** One for the caller alone, who closes it. */
    Connection connect() {
        Connection connection = new Connection(address, client);
        connection.connect();
        return connection;
    }

    <T> T ask(Function<Connection, T> question) {
        try (Connection connection = asking.getResource()) {
            return question.apply(connection);
        }
    }

    /** Empty if so many wait already that its turn does not come. */
    <T> Optional<T> await(Function<Connection, T> question) {
        Connection connection;
        try {
            connection = waiting.getResource();
        } catch (JedisException e) {
            if (e.getCause() instanceof NoSuchElementException) {
                return Optional.empty();
            }
            throw e;
        }
        try (connection) {
            return Optional.of(question.apply(connection));
        }
    }

    /** Somebody waits for his turn to wait. */
    boolean isCrowded() {
        return waiting.getNumWaiters() > 0;
    }

    @Override
    public void close() {
        asking.close();
        waiting.close();
    }

    /** Where it leads, without the password. */
    @Override
    public String toString() {
        return config.toString();
    }
}
