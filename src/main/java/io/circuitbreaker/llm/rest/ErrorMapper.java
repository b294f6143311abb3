package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What no resource handled, in the client's language: also the container's own refusals. */
@Provider
@ApplicationScoped
public class ErrorMapper implements ExceptionMapper<Throwable> {

    private static final Logger LOG = Logger.getLogger(ErrorMapper.class.getName());

    // A field, because RESTEasy looks for a constructor that takes nothing of CDI's.
    @Inject
    private Errors errors;

    @Override
    public Response toResponse(Throwable thrown) {
        return switch (thrown) {
            case LlmException e -> errors.response(e.failure());
            case NotFoundException _ -> errors.response(new Failure.NotFound("there is nothing at this address", "not_found"));
            case WebApplicationException e -> inOurWords(e.getResponse());
            default -> internal(thrown);
        };
    }

    private Response inOurWords(Response refused) {
        int status = refused.getStatus();
        if (status < 400) {
            return refused;
        }
        String message = switch (status) {
            case 405 -> "this address does not take this method; it takes " + refused.getHeaderString(HttpHeaders.ALLOW);
            case 406 -> "this address cannot answer in a type that the Accept header names";
            case 415 -> "the request must have the header 'Content-Type: application/json'";
            default -> refused.getStatusInfo().getReasonPhrase();
        };
        Response.ResponseBuilder response = Response.fromResponse(
                errors.response(Failure.InvalidRequest.of("", message))).status(status);
        String allow = refused.getHeaderString(HttpHeaders.ALLOW);
        return allow == null ? response.build() : response.header(HttpHeaders.ALLOW, allow).build();
    }

    private Response internal(Throwable thrown) {
        String id = UUID.randomUUID().toString();
        LOG.log(Level.SEVERE, thrown, () -> "a request failed by our own fault, error id " + id);
        return errors.response(new Failure.Internal("the router failed; its log has more under error id " + id));
    }
}
