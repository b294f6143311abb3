package io.circuitbreaker.llm.rest;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.routing.LlmRouter;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;

/** How the providers are doing. Asks none of them. */
@Path("/providers")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ProvidersResource {

    private final LlmRouter router;

    /** For the proxy. */
    protected ProvidersResource() {
        this(null);
    }

    @Inject
    public ProvidersResource(LlmRouter router) {
        this.router = router;
    }

    @GET
    public String list() {
        StatusJson json = new StatusJson(Instant.now());
        JsonArrayBuilder data = JSON.createArrayBuilder();
        router.providers().forEach(provider -> data.add(json.of(provider)));
        return JSON.createObjectBuilder().add("object", "list").add("data", data).build().toString();
    }
}
