package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeProvider;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Providers behind https, each with a certificate of its own that no public authority knows. The server trusts the one of
 * {@link Fake#TRUSTED} by the means that the README tells of: src/test/liberty/configDropins/overrides/trust.xml.
 */
class TlsIT extends DeployedRouter {

    @Test
    void aProviderWithATrustedCertificateStreamsAndItsConnectionIsKept() {
        String model = Fake.TRUSTED.serving(Wire.OPENAI.answer("over ", "TLS"));
        askAndReadAnswer(model);
        // A client has its answer before the router has put the connection back.
        ProviderView.await(Fake.TRUSTED.configuredName(), status -> status.getInt("active_streams") == 0);
        int connections = Fake.TRUSTED.provider().acceptedConnections();
        askAndReadAnswer(model);
        assertThat(Fake.TRUSTED.provider().acceptedConnections()).isEqualTo(connections);
    }

    private static void askAndReadAnswer(String model) {
        HttpResponse<String> response = Router.post(Router.streaming(model));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(Events.of(response.body()).text()).isEqualTo("over TLS");
        assertThat(Events.of(response.body()).isDone()).isTrue();
    }

    @Test
    @DisplayName("T01 T04: a cancel closes a connection of TLS, too, and does not read it to its end")
    void aClientThatLeavesIsNoticedOverTls() throws IOException {
        byte[] token = Wire.OPENAI.token("more").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        SocketClient client = SocketClient.connect().post(Router.streaming(
                Fake.TRUSTED.serving(Wire.OPENAI.said("so far").trickle(Duration.ofMillis(20), token))));
        client.readTo("more");
        client.reset();
        Fake.TRUSTED.provider().awaitDisconnect(Duration.ofSeconds(2));
        Fake.TRUSTED.awaitQuiet();
    }

    /** The second is the trusted provider under an address that its certificate does not name. */
    @ParameterizedTest
    @CsvSource({"stranger, https://localhost:19107/v1", "misnamed, https://127.0.0.1:19106/v1"})
    void whoHasNoTrustedCertificateIsSentNothingAndNotAskedAgain(String provider, String address) {
        FakeProvider fake = (provider.equals("stranger") ? Fake.STRANGER : Fake.TRUSTED).provider();
        int before = fake.requests().size();
        int connections = fake.acceptedConnections();
        HttpResponse<String> response = Router.post(Router.unary(provider + "/any"));
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(Router.error(response).getString("code")).isEqualTo("provider_unreachable");
        assertThat(Router.error(response).getString("message")).isEqualTo("provider '" + provider + "' at " + address
                + " has no certificate that this server trusts for this address");
        assertThat(response.headers().firstValue("x-llm-attempts")).contains("1");
        assertThat(fake.requests()).hasSize(before);
        assertThat(fake.acceptedConnections()).isEqualTo(connections + 1);
    }
}
