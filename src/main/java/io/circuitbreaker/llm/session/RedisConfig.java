package io.circuitbreaker.llm.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * Where Redis is, {@code llm.streaming.redis-*}. As text it has no password.
 *
 * @param user        empty for Redis' default user
 * @param connections how many may wait for events of streams that other servers make
 */
public record RedisConfig(boolean tls, String host, int port, int database, Optional<String> user,
                          Optional<String> password, int connections) {

    static final List<String> KEYS = List.of("redis-url", "redis-connections");
    static final RedisConfig DEFAULTS =
            new RedisConfig(false, "localhost", 6379, 0, Optional.empty(), Optional.empty(), 64);

    private static final String RULE = Settings.PREFIX + "redis-url must be redis:// or rediss:// (TLS) with a host, and "
            + "perhaps user:password@ before it and :port and /database after it, such as redis://localhost:6379/0";
    /** What has no place for a password. */
    private static final String HARMLESS = "[a-z]*(://)?[A-Za-z0-9._-]*(:\\d*)?(/\\w*)?";

    static RedisConfig load(Config config) {
        Settings settings = new Settings(config);
        int connections = settings.number("redis-connections", DEFAULTS.connections, 1, 10_000);
        return parse(settings.text("redis-url", DEFAULTS.toString()), connections);
    }

    private static RedisConfig parse(String url, int connections) {
        try {
            URI uri = new URI(url);
            boolean tls = "rediss".equals(uri.getScheme());
            String path = uri.getPath() == null ? "" : uri.getPath();
            if (!(tls || "redis".equals(uri.getScheme())) || uri.getHost() == null || uri.getPort() > 65_535
                    || uri.getRawQuery() != null || uri.getRawFragment() != null || !path.matches("(/\\d{0,4})?")) {
                throw bad(url);
            }
            String[] login = uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
            return new RedisConfig(tls, uri.getHost(), uri.getPort() < 0 ? DEFAULTS.port : uri.getPort(),
                    path.length() > 1 ? Integer.parseInt(path.substring(1)) : 0, part(login, 0), part(login, 1),
                    connections);
        } catch (URISyntaxException e) {
            // Not as the cause: its message quotes the password.
            throw bad(url);
        }
    }

    private static Optional<String> part(String[] login, int place) {
        return login.length <= place || login[place].isEmpty() ? Optional.empty()
                : Optional.of(URLDecoder.decode(login[place].replace("+", "%2B"), UTF_8));
    }

    private static IllegalArgumentException bad(String url) {
        String shown = url.matches(HARMLESS) ? "'" + url + "'" : "another one, which is not shown as it may have a password";
        return new IllegalArgumentException(RULE + ", was " + shown);
    }

    @Override
    public String toString() {
        String login = user.orElse("") + (password.isPresent() ? ":***" : "");
        return (tls ? "rediss://" : "redis://") + login + (login.isEmpty() ? "" : "@") + host + ":" + port + "/" + database;
    }
}
