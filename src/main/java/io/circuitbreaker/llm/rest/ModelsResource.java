package io.circuitbreaker.llm.rest;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.routing.CatalogEntry;
import io.circuitbreaker.llm.routing.LlmRouter;
import io.circuitbreaker.llm.routing.ServedModel;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;

/** The models that can be asked for, in OpenAI's form. */
@Path("/models")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ModelsResource {

    private static final long SINCE = Instant.now().getEpochSecond();

    private final LlmRouter router;

    /** For the proxy. */
    protected ModelsResource() {
        this(null);
    }

    @Inject
    public ModelsResource(LlmRouter router) {
        this.router = router;
    }

    @GET
    public String list() {
        JsonArrayBuilder data = JSON.createArrayBuilder();
        router.models().forEach(model -> data.add(json(model)));
        return JSON.createObjectBuilder().add("object", "list").add("data", data).build().toString();
    }

    @GET
    @Path("/{id: .+}")
    public String get(@PathParam("id") String id) {
        return router.model(id).map(model -> json(model).toString()).orElseThrow(() -> new LlmException(
                new Failure.NotFound("the model '" + id + "' is not served here", "model_not_found")));
    }

    private static JsonObject json(ServedModel model) {
        JsonObjectBuilder json = JSON.createObjectBuilder().add("id", model.id()).add("object", "model")
                .add("created", SINCE).add("owned_by", model.provider());
        model.known().ifPresent(entry -> describe(entry, json));
        return json.build();
    }

    /** Not of OpenAI's form, which leaves room for it. */
    private static void describe(CatalogEntry entry, JsonObjectBuilder json) {
        entry.vendor().ifPresent(vendor -> json.add("vendor", vendor));
        entry.contextWindow().ifPresent(tokens -> json.add("context_window", tokens));
        entry.maxOutputTokens().ifPresent(tokens -> json.add("max_output_tokens", tokens));
        entry.prices().ifPresent(prices -> json.add("pricing", JSON.createObjectBuilder().add("input", prices.input())
                .add("cached_input", prices.cachedInput()).add("output", prices.output())));
    }
}
