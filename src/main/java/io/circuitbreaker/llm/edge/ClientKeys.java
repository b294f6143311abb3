package io.circuitbreaker.llm.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The keys that clients may use, each known only by its SHA-256: who reads the configuration can't call with it. */
final class ClientKeys {

    static final String KEY = "llm.client-keys";

    private record Known(String name, byte[] hash) {
    }

    private final List<Known> all;

    private ClientKeys(List<Known> all) {
        this.all = all;
    }

    /**
     * A client may have several keys, so that it can change from one to the next.
     *
     * @throws IllegalArgumentException naming the key and the rule; the value is not shown
     */
    static ClientKeys parse(String value) {
        List<Known> all = new ArrayList<>();
        for (String entry : value.split(",")) {
            if (entry.isBlank()) {
                continue;
            }
            String[] parts = entry.strip().split(":", -1);
            boolean wellFormed = parts.length == 2 && parts[0].matches("[A-Za-z0-9._-]+")
                    && parts[1].matches("[0-9a-fA-F]{64}");
            if (!wellFormed) {
                throw new IllegalArgumentException(KEY + " must be a comma-separated list of <name>:<SHA-256 of the key in "
                        + "64 hexadecimal digits>; entry " + (all.size() + 1) + " is not");
            }
            all.add(new Known(parts[0], HexFormat.of().parseHex(parts[1])));
        }
        return new ClientKeys(List.copyOf(all));
    }

    boolean areConfigured() {
        return !all.isEmpty();
    }

    /** The name of the client that has this key. Takes as long for a wrong key as for a right one. */
    Optional<String> nameOf(String key) {
        byte[] hash = sha256(key);
        Optional<String> name = Optional.empty();
        for (Known known : all) {
            if (MessageDigest.isEqual(known.hash, hash)) {
                name = Optional.of(known.name);
            }
        }
        return name;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
