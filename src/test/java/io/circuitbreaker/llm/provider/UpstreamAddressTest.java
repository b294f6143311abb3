package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.ws.rs.ProcessingException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class UpstreamAddressTest {

    private static final UpstreamAddress ADDRESS =
            new UpstreamAddress("p", "https://h/v1", "https://h", Duration.ofSeconds(5));

    @ParameterizedTest
    @CsvSource({"https://h/v1, /chat, https://h/v1/chat", "https://h/v1?v=1, /chat, https://h/v1/chat?v=1",
        "https://h?v=1, /chat?alt=sse, https://h/chat?alt=sse&v=1"})
    void aPathGoesBeforeTheQuery(String baseUrl, String path, String url) {
        assertThat(new UpstreamAddress("p", baseUrl, "", Duration.ZERO).url(path)).isEqualTo(url);
    }

    static Stream<Arguments> causes() {
        return Stream.of(Arguments.of(new UnknownHostException("h"), "is unknown to DNS"),
                Arguments.of(new ConnectException("no"), "refused the connection"),
                Arguments.of(new SocketTimeoutException("late"), "did not take the connection within 5000 ms"),
                Arguments.of(caused(new SSLHandshakeException("PKIX"), new CertificateException("path")),
                        "has no certificate that this server trusts for this address"),
                Arguments.of(new SSLPeerUnverifiedException("names"),
                        "has no certificate that this server trusts for this address"),
                Arguments.of(new SSLHandshakeException("protocol_version"), "did not agree on TLS with this server"),
                Arguments.of(new SocketException("reset"), "broke the connection before it answered"));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void whatWentWrongIsSaidWithoutTheWordsOfTheException(IOException cause, String said) {
        assertThat(ADDRESS.unreachable(new ProcessingException("wrapped", cause)).message())
                .isEqualTo("provider 'p' at https://h " + said);
    }

    @ParameterizedTest
    @MethodSource("causes")
    @DisplayName("T22: who has no certificate now will have none in a moment, and is not asked again")
    void untrustedIsNotRepeated(IOException cause, String said) {
        ProcessingException thrown = new ProcessingException("wrapped", cause);
        LlmException fault = Faults.exception(new Failure.Unreachable("m"), false, thrown);
        boolean untrusted = said.contains("certificate");
        assertThat(fault).isInstanceOf(UpstreamException.class);
        assertThat(fault instanceof TransportException).isEqualTo(!untrusted);
    }

    private static IOException caused(IOException thrown, Throwable cause) {
        thrown.initCause(cause);
        return thrown;
    }
}
