package io.circuitbreaker.llm.session.redis;

import io.circuitbreaker.llm.session.LiveStream;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.ReadableStreamContract;
import io.circuitbreaker.llm.testing.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Whoever reads a stream on another server sees the same as on its own. */
class RemoteStreamTest extends ReadableStreamContract {

    private static RedisServer redis;

    private TestNode making;
    private TestNode reading;

    @BeforeAll
    static void start() {
        redis = RedisServer.startOrSkip();
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            redis.close();
        }
    }

    @AfterEach
    void stopNodes() {
        making.close();
        reading.close();
    }

    @Override
    protected LiveStream openStream(int limit) {
        making = TestNode.connected(redis.port(), limit);
        reading = TestNode.connected(redis.port());
        return making.open();
    }

    @Override
    protected ReadableStream reader(LiveStream stream) {
        return reading.reader(stream);
    }
}
