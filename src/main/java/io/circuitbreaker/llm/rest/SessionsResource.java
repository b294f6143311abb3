package io.circuitbreaker.llm.rest;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.edge.EdgeConfig;
import io.circuitbreaker.llm.edge.HeaderText;
import io.circuitbreaker.llm.edge.RequestBody;
import io.circuitbreaker.llm.relay.Callers;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamProtocol;
import io.circuitbreaker.llm.session.StreamingManager;
import io.circuitbreaker.llm.session.StreamingSession;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** {@code /v1/sessions}: what streams of one client have in common. */
@Path("/sessions")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class SessionsResource {

    private static final int LONGEST_NAME = 200;

    private final StreamingManager manager;
    private final Callers callers;
    private final EdgeConfig config;

    /** For the proxy. */
    protected SessionsResource() {
        this(null, null, null);
    }

    @Inject
    public SessionsResource(StreamingManager manager, Callers callers, EdgeConfig config) {
        this.manager = manager;
        this.callers = callers;
        this.config = config;
    }

    /** Takes {@code {"protocol","user_id","project_id"}}, all of which may be absent. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(InputStream body, @Context HttpServletRequest request) {
        JsonObject wish = RequestBody.read(body, request.getContentLengthLong(), config.maxBodySize());
        StreamProtocol protocol = text(wish, "protocol").map(SessionsResource::protocol).orElse(StreamProtocol.SSE);
        StreamOwner owner = new StreamOwner(Exchanges.client(request), text(wish, "user_id"), text(wish, "project_id"));
        StreamingSession session = manager.createSession(protocol, owner);
        // JAX-RS completes the location by the application's own path.
        return Response.created(URI.create("sessions/" + session.id()))
                .entity(json(session).build().toString()).build();
    }

    private static StreamProtocol protocol(String word) {
        return StreamProtocol.of(word).orElseThrow(
                () -> invalid("protocol", "must be \"sse\" or \"websocket\", was \"" + HeaderText.clean(word) + "\""));
    }

    private static Optional<String> text(JsonObject wish, String name) {
        if (!wish.containsKey(name) || wish.isNull(name)) {
            return Optional.empty();
        }
        if (!(wish.get(name) instanceof JsonString text) || text.getString().isBlank()
                || text.getString().length() > LONGEST_NAME) {
            throw invalid(name, "must be a string of 1 to " + LONGEST_NAME + " characters");
        }
        return Optional.of(text.getString());
    }

    private static LlmException invalid(String name, String rule) {
        return new LlmException(Failure.InvalidRequest.of(name, "'" + name + "' " + rule));
    }

    @GET
    public String list(@Context HttpServletRequest request) {
        JsonArrayBuilder data = JSON.createArrayBuilder();
        manager.sessions(Exchanges.client(request)).forEach(session -> data.add(json(session)));
        return JSON.createObjectBuilder().add("object", "list").add("data", data).build().toString();
    }

    @GET
    @Path("/{id}")
    public String get(@PathParam("id") String id, @Context HttpServletRequest request) {
        return json(callers.session(id, Exchanges.client(request))).build().toString();
    }

    /** Ends its streams and their upstreams too. */
    @DELETE
    @Path("/{id}")
    public Response close(@PathParam("id") String id, @Context HttpServletRequest request) {
        manager.close(callers.session(id, Exchanges.client(request)));
        return Response.noContent().build();
    }

    private JsonObjectBuilder json(StreamingSession session) {
        Duration left = manager.config().sessions().timeout().minus(session.idle());
        JsonObjectBuilder json = JSON.createObjectBuilder().add("id", session.id()).add("object", "session")
                .add("protocol", session.protocol().word()).add("started_at", session.startedAt().getEpochSecond())
                .add("last_activity", Instant.now().minus(session.idle()).getEpochSecond())
                .add("expires_in_ms", Math.max(0, left.toMillis()));
        session.owner().user().ifPresent(user -> json.add("user_id", user));
        session.owner().project().ifPresent(project -> json.add("project_id", project));
        JsonArrayBuilder streams = JSON.createArrayBuilder();
        session.streams().forEach(streams::add);
        return json.add("streams", streams);
    }
}
