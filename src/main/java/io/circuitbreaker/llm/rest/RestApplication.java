package io.circuitbreaker.llm.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;

/** All resources, below {@code /v1}. */
@ApplicationPath("/v1")
@OpenAPIDefinition(info = @Info(title = "Circuit Breaker LLM Router", version = "1",
        description = "One OpenAI endpoint in front of every provider. Point any OpenAI client's base URL at /v1.",
        license = @License(name = "Apache-2.0", url = "https://www.apache.org/licenses/LICENSE-2.0")))
public class RestApplication extends Application {
}
