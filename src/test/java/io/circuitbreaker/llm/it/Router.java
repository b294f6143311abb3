package io.circuitbreaker.llm.it;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;

/** The deployed router, for its clients. */
final class Router {

    static final int PORT = Integer.getInteger("router.port");
    static final String URL = "http://localhost:" + PORT;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10)).build();

    private Router() {
    }

    /** OpenAI's own client; it repeats nothing by itself. */
    static OpenAIClient openAi() {
        return OpenAIOkHttpClient.builder().baseUrl(URL + "/v1").apiKey("unused").maxRetries(0)
                .timeout(Duration.ofSeconds(60)).build();
    }

    static String streaming(String model) {
        return chat(model, "Hi", ",\"stream\":true");
    }

    static String unary(String model) {
        return chat(model, "Hi", "");
    }

    /** @param more further members, each after a comma */
    static String chat(String model, String prompt, String more) {
        return "{\"model\":" + JsonText.quote(model) + ",\"messages\":[{\"role\":\"user\",\"content\":"
                + JsonText.quote(prompt) + "}]" + more + "}";
    }

    static HttpResponse<String> post(String json) {
        return send(chatRequest(json, "application/json"), BodyHandlers.ofString());
    }

    /** With one more header. */
    static HttpResponse<String> post(String json, String header, String value) {
        return send(HttpRequest.newBuilder(chatRequest(json, "application/json"), (_, _) -> true).header(header, value)
                .build(), BodyHandlers.ofString());
    }

    static HttpResponse<String> post(String body, String contentType) {
        return send(chatRequest(body, contentType), BodyHandlers.ofString());
    }

    /** Returns when the head is there; the caller closes the body. */
    static HttpResponse<InputStream> open(String json) {
        return send(chatRequest(json, "application/json"), BodyHandlers.ofInputStream());
    }

    static HttpResponse<String> get(String path) {
        return request("GET", path);
    }

    static HttpResponse<String> request(String method, String path) {
        return send(HttpRequest.newBuilder(URI.create(URL + path)).method(method, BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
    }

    /** With a body unless it is empty, as JSON. */
    static HttpResponse<String> exchange(String method, String path, String body, Map<String, String> headers) {
        return exchange(URI.create(URL + path), method, body, headers);
    }

    /** The same with any server. */
    static HttpResponse<String> exchange(URI address, String method, String body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        return send(request.build(), BodyHandlers.ofString());
    }

    /** The body's member {@code error}. */
    static JsonObject error(HttpResponse<String> response) {
        return JsonText.parseObject(response.body()).getJsonObject("error");
    }

    /**
     * The sum of a figure over all its series.
     *
     * @param tags a part of each series' tags, such as {@code provider="openai"}; may be empty
     */
    static OptionalDouble figure(String name, String tags) {
        double[] values = get("/metrics").body().lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(tags))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).toArray();
        return values.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(java.util.Arrays.stream(values).sum());
    }

    private static HttpRequest chatRequest(String body, String contentType) {
        return HttpRequest.newBuilder(URI.create(URL + "/v1/chat/completions")).header("Content-Type", contentType)
                .timeout(Duration.ofSeconds(60)).POST(BodyPublishers.ofString(body)).build();
    }

    private static <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
        try {
            return HTTP.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
