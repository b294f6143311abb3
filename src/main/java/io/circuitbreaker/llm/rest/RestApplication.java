package io.circuitbreaker.llm.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** All resources, below {@code /v1}; {@code META-INF/openapi.yaml} describes them. */
@ApplicationPath("/v1")
public class RestApplication extends Application {
}
