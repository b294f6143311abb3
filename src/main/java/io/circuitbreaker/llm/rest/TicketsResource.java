package io.circuitbreaker.llm.rest;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.edge.Tickets;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** {@code POST /v1/tickets}: passes for a WebSocket or an EventSource, for clients that cannot send their key with one. */
@Path("/tickets")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class TicketsResource {

    private final Tickets tickets;

    /** For the proxy. */
    protected TicketsResource() {
        this(null);
    }

    @Inject
    public TicketsResource(Tickets tickets) {
        this.tickets = tickets;
    }

    @POST
    public Response issue(@Context HttpServletRequest request) {
        String ticket = tickets.issue(Exchanges.client(request));
        String json = JSON.createObjectBuilder().add("object", "ticket").add("ticket", ticket)
                .add("url", request.getContextPath() + "/ws?ticket=" + ticket)
                .add("expires_in_ms", Tickets.LIFETIME.toMillis()).build().toString();
        return Response.status(Response.Status.CREATED).header("Cache-Control", "no-store").entity(json).build();
    }
}
