package io.circuitbreaker.llm.session.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** What Redis does at once. The texts are the resources {@code *.lua} beside this class, and say what they take. */
enum Script {

    BEGIN,
    APPEND,
    ABANDON,
    LOOK,
    CLAIM,
    CANCEL,
    BEAT;

    private final String text;
    private final String digest;

    Script() {
        text = text(name().toLowerCase(Locale.ROOT) + ".lua");
        digest = digest(text);
    }

    private static String text(String resource) {
        try (InputStream in = Script.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name that Redis gives it. */
    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** To be sent with others; Redis knows it after {@link #teach}. */
    CommandArguments command(List<String> keys, List<String> arguments) {
        return new CommandArguments(Command.EVALSHA).add(digest).add(keys.size()).addObjects(keys).addObjects(arguments);
    }

    Object run(Connection redis, List<String> keys, List<String> arguments) {
        try {
            return redis.executeCommand(command(keys, arguments));
        } catch (JedisNoScriptException e) {
            // Redis has been restarted.
            teach(redis);
            return redis.executeCommand(command(keys, arguments));
        }
    }

    static void teach(Connection redis) {
        for (Script script : values()) {
            redis.executeCommand(new CommandArguments(Command.SCRIPT).add("LOAD").add(script.text));
        }
    }
}
