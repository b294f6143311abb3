package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.edge.HeaderText;
import io.circuitbreaker.llm.session.LiveStreams;
import io.circuitbreaker.llm.session.Page;
import io.circuitbreaker.llm.session.ReadableStream;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;

/** {@code /v1/streams}: streams that do not depend on a connection. */
@Path("/streams")
@RequestScoped
public class StreamsResource {

    private final Errors errors;
    private final ChatBody bodies;
    private final Exchanges exchanges;
    private final LiveStreams streams;

    /** For the proxy. */
    protected StreamsResource() {
        this(null, null, null, null);
    }

    @Inject
    public StreamsResource(Errors errors, ChatBody bodies, Exchanges exchanges, LiveStreams streams) {
        this.errors = errors;
        this.bodies = bodies;
        this.exchanges = exchanges;
        this.streams = streams;
    }

    /** Where a stream is to be had. */
    static String path(String id) {
        return "/v1/streams/" + id;
    }

    /** The body is that of chat completions; {@code stream} in it does not matter. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response begin(InputStream body, @Context HttpServletRequest request) {
        ReadableStream stream = exchanges.beginKept(bodies.read(body, request), errors.openAi(), request);
        String id = stream.info().id();
        // JAX-RS completes the location by the application's own path.
        String json = StreamJson.begun(stream, request.getContextPath() + path(id), exchanges.heartbeatInterval());
        return Response.accepted(json)
                .type(MediaType.APPLICATION_JSON_TYPE).location(URI.create("streams/" + id)).build();
    }

    /** Its events for who accepts events, its state and text so far for anybody else. */
    @GET
    @Path("/{id}")
    public void get(@PathParam("id") String id, @HeaderParam("Last-Event-ID") String lastEventId,
                    @QueryParam("after") String after, @QueryParam("heartbeat") String heartbeat,
                    @HeaderParam("Accept") String accept,
                    @Context HttpServletRequest request, @Suspended AsyncResponse response) {
        try {
            ReadableStream stream = stream(id, request);
            if (accept == null || !accept.contains("text/event-stream")) {
                response.resume(Response.ok(StreamJson.state(stream), MediaType.APPLICATION_JSON_TYPE).build());
                return;
            }
            long from = Cursor.of(lastEventId, after);
            if (isOver(stream, from)) {
                // Nothing else ends an EventSource, which comes back for more by itself.
                response.resume(Response.noContent().build());
                return;
            }
            exchanges.follow(stream, from, form(heartbeat), request);
        } catch (LlmException e) {
            response.resume(errors.response(e.failure()));
        }
    }

    private static AnswerForm form(String heartbeat) {
        if (heartbeat == null || heartbeat.equals("comment")) {
            return AnswerForm.EVENTS;
        }
        if (heartbeat.equals("event")) {
            return AnswerForm.EVENTS_AND_HEARTBEATS;
        }
        throw new LlmException(Failure.InvalidRequest.of("heartbeat",
                "'heartbeat' must be 'comment' or 'event', was '" + HeaderText.clean(heartbeat) + "'"));
    }

    /** It has ended, and nothing follows the event. */
    private static boolean isOver(ReadableStream stream, long from) {
        return stream.status().state().isEnd() && StreamJson.page(stream, from) instanceof Page.Events events
                && events.data().isEmpty() && events.last();
    }

    /** Ends the stream and its upstream. */
    @DELETE
    @Path("/{id}")
    public Response cancel(@PathParam("id") String id, @Context HttpServletRequest request) {
        stream(id, request).cancel(new Failure.Cancelled("stream " + id + " was cancelled by its client"));
        return Response.noContent().build();
    }

    private ReadableStream stream(String id, HttpServletRequest request) {
        return streams.find(id, Exchanges.client(request)).orElseThrow(() -> new LlmException(new Failure.NotFound(
                "there is no stream '" + HeaderText.clean(id) + "'; it may have been forgotten", "stream_not_found")));
    }
}
