package io.circuitbreaker.llm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.circuitbreaker.llm.testing.MapConfig;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConfigTest {

    private static RedisConfig load(String url) {
        return RedisConfig.load(MapConfig.of("llm.streaming.redis-url", url));
    }

    @Test
    void defaults() {
        assertThat(RedisConfig.load(MapConfig.of())).isEqualTo(
                new RedisConfig(false, "localhost", 6379, 0, Optional.empty(), Optional.empty(), 64));
    }

    @Test
    void allPartsAreTaken() {
        RedisConfig config = load("rediss://app:p%40ss+w%3Ard@cache.example:7000/3");
        assertThat(config).isEqualTo(new RedisConfig(true, "cache.example", 7000, 3, Optional.of("app"),
                Optional.of("p@ss+w:rd"), 64));
        assertThat(load("redis://:secret@cache")).isEqualTo(
                new RedisConfig(false, "cache", 6379, 0, Optional.empty(), Optional.of("secret"), 64));
        assertThat(load("redis://[::1]:1/").host()).isEqualTo("[::1]");
    }

    @ParameterizedTest
    @CsvSource({"redis://cache, redis://cache:6379/0", "rediss://app:secret@cache:1/2, rediss://app:***@cache:1/2",
        "redis://:secret@cache, redis://:***@cache:6379/0", "redis://app@cache, redis://app@cache:6379/0"})
    void asTextItHasNoPassword(String url, String text) {
        assertThat(load(url)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cache", "http://cache", "redis://", "redis://cache/x", "redis://cache:99999"})
    void aBadAddressIsNamedWithItsRule(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> load(url))
                .withMessageContaining("llm.streaming.redis-url must be redis:// or rediss:// (TLS) with a host")
                .withMessageEndingWith("was '" + url + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://:secret@cache/x", "redis://:secret", "redis:secret", "redis://cache?password=secret",
        "redis://a:sec ret@cache", "http://a:secret@cache", "redis://a:sec#ret@cache", ":secret@cache"})
    @DisplayName("A bad address is not quoted where it may have a password in it")
    void noPasswordIsQuoted(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> load(url)).withNoCause()
                .withMessageContaining("llm.streaming.redis-url must be")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret", "sec", "ret@"));
    }
}
