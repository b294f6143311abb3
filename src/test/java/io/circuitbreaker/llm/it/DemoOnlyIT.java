package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.File;
import java.net.http.HttpResponse;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody has who tries the router out and has no key yet. */
@ExtendWith(ArquillianExtension.class)
class DemoOnlyIT {

    private static final String CONFIG = "WEB-INF/classes/META-INF/microprofile-config.properties";

    @Deployment(testable = false)
    static WebArchive router() {
        WebArchive war = ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("router.war")));
        war.delete(CONFIG);
        war.add(new StringAsset("config_ordinal=600\nmp.openapi.scan.disable=true\nllm.providers=demo\n"), CONFIG);
        return war;
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "cb:smart-chat", "cb:cost-optimal", "cb:fastest", "cb:coding", "cb:analysis",
        "cb:creative"})
    void virtualModelsAreServedByTheDemo(String name) {
        HttpResponse<String> response = Router.post(Router.streaming(name));
        assertThat(response.headers().firstValue("x-llm-provider")).contains("demo");
        assertThat(response.headers().firstValue("x-llm-model")).contains("demo");
        assertThat(Events.of(response.body()).text()).startsWith("This is the demo provider");
        assertThat(Router.get("/v1/models/" + name).statusCode()).isEqualTo(200);
    }

    @Test
    void theDemoIsFreeOfCharge() {
        JsonObject answer = JsonText.parseObject(Router.post(Router.unary("auto")).body());
        assertThat(answer.getJsonObject("usage").getJsonNumber("cost").bigDecimalValue()).isEqualByComparingTo("0");
    }

    @Test
    void reasoningIsAskedOfTheOneThatReasons() {
        assertThat(Router.post(Router.chat("auto", "Hi", ",\"circuit_breaker\":{\"task_type\":\"reasoning\"}")).headers()
                .firstValue("x-llm-model")).contains("demo-reasoning");
    }

    @Test
    void virtualModelsAreListedFirst() {
        JsonObject list = JsonText.parseObject(Router.get("/v1/models").body());
        assertThat(list.getJsonArray("data").stream().map(JsonValue::asJsonObject).map(model -> model.getString("id")))
                .startsWith("auto", "cb:smart-chat").contains("demo");
    }
}
