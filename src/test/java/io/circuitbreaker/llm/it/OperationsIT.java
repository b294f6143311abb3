package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class OperationsIT extends DeployedRouter {
    @Test
    void up() throws Exception {
        HttpResponse<String> r = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://localhost:19080/v1/models")).build(), HttpResponse.BodyHandlers.ofString());
        System.out.println(r.body());
        assertThat(r.statusCode()).isEqualTo(200);
    }
}
