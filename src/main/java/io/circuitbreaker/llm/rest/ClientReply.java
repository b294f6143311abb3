package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.relay.Heartbeat;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The way to one client: a response with its own status or, once committed, status 200 and what is written then. One
 * thread answers; a heartbeat's thread may commit before it does.
 *
 * <pre>
 *   open --commit()--> committed --events or the document--> answered
 *     |                                                         ^
 *     +--a response, or a failure with its status --------------+
 * </pre>
 */
final class ClientReply {

    // configuration
    private final AnswerForm form;
    private final AsyncContext context;

    // shared
    private volatile Map<String, String> headers = Map.of();
    private volatile long quietSince = System.nanoTime();
    // written under the lock of this
    private volatile Optional<EventWriter> writer = Optional.empty();
    // guarded by this
    private boolean answered;
    // whoever ends the answer
    private boolean resumed;

    /** @param context begun by the container's thread; never timed out by the container */
    ClientReply(AnswerForm form, AsyncContext context) {
        this.form = form;
        this.context = context;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** What the response will say; of no use once it is committed. */
    void headers(Map<String, String> all) {
        headers = all;
    }

    /**
     * Commits the response: from here on its status is 200, whatever comes. The first call does it.
     *
     * @return the way to the client; empty if it has been answered in another way
     */
    synchronized Optional<EventWriter> commit() {
        if (answered || writer.isPresent()) {
            return writer;
        }
        HttpServletResponse http = (HttpServletResponse) context.getResponse();
        http.setStatus(HttpServletResponse.SC_OK);
        http.setContentType(form.contentType());
        http.setHeader("Cache-Control", "no-cache, no-transform");
        http.setHeader("X-Accel-Buffering", "no");
        headers.forEach(http::setHeader);
        try {
            writer = Optional.of(new EventWriter(http.getOutputStream(), form));
        } catch (IOException e) {
            throw new LlmException(new Failure.ClientGone("the client went away"), e);
        }
        return writer;
    }

    /**
     * Says something that the client ignores. It commits the response too: so long a silence is worth more than a status.
     *
     * @throws LlmException with {@code ClientGone} if the client cannot be reached any more
     */
    void beat() {
        commit().ifPresent(EventWriter::heartbeat);
    }

    /** @param onGone hears of a client that it did not reach, on any thread */
    Heartbeat heartbeat(long intervalInNanos, Consumer<Failure> onGone) {
        return new Heartbeat(intervalInNanos, this::heardAt, () -> {
            try {
                beat();
            } catch (LlmException gone) {
                onGone.accept(gone.failure());
            }
        });
    }

    /** A silence that is worth a heartbeat begins here. */
    void beQuiet() {
        quietSince = System.nanoTime();
    }

    /** When the client last heard something, on {@link System#nanoTime}'s scale. */
    long heardAt() {
        return writer.map(EventWriter::flushedAt).orElse(quietSince);
    }

    /** Sends the whole answer as one document. */
    void document(String json) {
        Optional<EventWriter> out = settle();
        if (out.isEmpty()) {
            resume(Response.ok(json, MediaType.APPLICATION_JSON_TYPE));
            return;
        }
        out.get().document(json);
        out.get().flush();
        end(out.get());
    }

    /** Ends a stream that has said all. */
    void end(EventWriter out) {
        out.close();
        context.complete();
    }

    /**
     * Tells of a failure: with its status if that can still be, else as the last event or as the document.
     *
     * @param json the same as text; not sent to a client that is gone
     * @param id   the number of that event
     */
    void fail(Failure failure, Response error, String json, long id) {
        Optional<EventWriter> out = settle();
        if (resumed) {
            // The client left while the whole answer was written to it: the response is the server's again.
            return;
        }
        if (out.isEmpty()) {
            resume(Response.fromResponse(error));
            return;
        }
        try {
            if (!(failure instanceof Failure.ClientGone)) {
                last(out.get(), json, id);
            }
        } finally {
            end(out.get());
        }
    }

    private void last(EventWriter out, String json, long id) {
        switch (form) {
            case EVENTS, EVENTS_AND_HEARTBEATS -> out.event(id, json);
            case DOCUMENT -> out.document(json);
        }
        out.flush();
    }

    /** After this no heartbeat commits the response. */
    private synchronized Optional<EventWriter> settle() {
        answered = true;
        return writer;
    }

    private void resume(Response.ResponseBuilder whole) {
        resumed = true;
        headers.forEach(whole::header);
        try {
            PlainResponse.write(whole.build(), (HttpServletResponse) context.getResponse());
        } catch (IOException e) {
            throw new LlmException(new Failure.ClientGone("the client went away"), e);
        } finally {
            context.complete();
        }
    }
}
