package io.circuitbreaker.llm.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The keys that clients may use, each known only by its SHA-256: who reads the configuration can't call with it. */
final class ClientKeys {

    static final String KEY = "llm.client-keys";

    private final Map<String, byte[]> hashesByName;

    private ClientKeys(Map<String, byte[]> hashesByName) {
        this.hashesByName = hashesByName;
    }

    /** @throws IllegalArgumentException naming the key and the rule; the value is not shown */
    static ClientKeys parse(String value) {
        Map<String, byte[]> hashes = new LinkedHashMap<>();
        for (String entry : value.split(",")) {
            if (entry.isBlank()) {
                continue;
            }
            String[] parts = entry.strip().split(":");
            boolean wellFormed = parts.length == 2 && parts[0].matches("[A-Za-z0-9._-]+")
                    && parts[1].matches("[0-9a-fA-F]{64}");
            if (!wellFormed) {
                throw new IllegalArgumentException(KEY + " must be a comma-separated list of <name>:<SHA-256 of the key in "
                        + "64 hexadecimal digits>; entry " + (hashes.size() + 1) + " is not");
            }
            hashes.put(parts[0], HexFormat.of().parseHex(parts[1].toLowerCase(Locale.ROOT)));
        }
        return new ClientKeys(hashes);
    }

    boolean areConfigured() {
        return !hashesByName.isEmpty();
    }

    /** The name of the client that has this key. Takes as long for a wrong key as for a right one. */
    Optional<String> nameOf(String key) {
        byte[] hash = sha256(key);
        Optional<String> name = Optional.empty();
        for (Map.Entry<String, byte[]> known : hashesByName.entrySet()) {
            if (MessageDigest.isEqual(known.getValue(), hash)) {
                name = Optional.of(known.getKey());
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
