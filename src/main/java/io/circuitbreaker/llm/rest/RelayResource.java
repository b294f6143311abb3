package io.circuitbreaker.llm.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.SseEventSink;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * Where a stream goes once it has its first token: injecting a {@link SseEventSink} commits status 200, so it is done in
 * a second pass of the same request, which only our own dispatch can make.
 */
@Path("/chat/relay")
@RequestScoped
public class RelayResource {

    @POST
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(hidden = true)
    public void relay(@Context HttpServletRequest request, @Context HttpServletResponse response,
                      @Context SseEventSink sink) {
        if (!(request.getAttribute(Exchange.ATTRIBUTE) instanceof Exchange exchange)) {
            throw new NotFoundException();
        }
        exchange.headers().forEach(response::setHeader);
        exchange.attach(new EventWriter(sink));
    }
}
