package io.circuitbreaker.llm.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientKeysTest {

    private static String hash(String key) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void noneAreConfiguredByDefault() {
        assertThat(ClientKeys.parse("").areConfigured()).isFalse();
        assertThat(ClientKeys.parse(" , ").areConfigured()).isFalse();
    }

    @Test
    void aKeyTellsItsClient() {
        ClientKeys keys = ClientKeys.parse("alice:" + hash("k1") + " , bob.b-2:" + hash("k2").toUpperCase() + ",");
        assertThat(keys.areConfigured()).isTrue();
        assertThat(keys.nameOf("k1")).contains("alice");
        assertThat(keys.nameOf("k2")).contains("bob.b-2");
        assertThat(keys.nameOf("k3")).isEmpty();
        assertThat(keys.nameOf("")).isEmpty();
        assertThat(keys.nameOf(hash("k1"))).isEmpty();
    }

    @Test
    void aClientMayHaveAnOldAndANewKey() {
        ClientKeys keys = ClientKeys.parse("alice:" + hash("old") + ",alice:" + hash("new"));
        assertThat(keys.nameOf("old")).contains("alice");
        assertThat(keys.nameOf("new")).contains("alice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "alice:", "alice:abc", ":HASH", "a b:HASH", "alice:HASHx", "alice:HASH:"})
    void badEntriesAreNamedByTheirNumberAndNotShown(String entry) {
        String value = "ok:" + hash("k") + "," + entry.replace("HASH", hash("secret"));
        assertThatIllegalArgumentException().isThrownBy(() -> ClientKeys.parse(value))
                .withMessageContaining("llm.client-keys must be").withMessageEndingWith("entry 2 is not")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(hash("secret"), "alice"));
    }
}
