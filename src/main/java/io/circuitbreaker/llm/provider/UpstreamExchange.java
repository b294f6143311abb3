package io.circuitbreaker.llm.provider;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * One request to a provider and its answer. The client's I/O thread brings the answer, see {@link Inbox}; one thread at a
 * time reads it. The connection goes back to the pool by itself when the answer has been brought to its end.
 */
final class UpstreamExchange {

    private static final String ATTRIBUTE = UpstreamExchange.class.getName();

    private final CompletableFuture<HttpResponse> head = new CompletableFuture<>();
    private final Inbox inbox = new Inbox();
    private final AtomicReference<AsyncExecRuntime> connection = new AtomicReference<>();
    private final Runnable onSending;
    private volatile boolean sent;
    private volatile HttpResponse received;
    private volatile boolean aborted;
    // written before the exchange is handed to anybody
    private Future<Void> running;

    /** Makes a client of these part of its exchanges. Without it they cannot be aborted. */
    static void join(HttpAsyncClientBuilder client) {
        client.addExecInterceptorFirst("exchange", (request, body, scope, chain, callback) -> {
            of(scope.clientContext).connection.set(scope.execRuntime);
            chain.proceed(request, body, scope, callback);
        });
        client.addRequestInterceptorLast((request, body, context) -> of(context).sending());
    }

    private static UpstreamExchange of(HttpContext context) {
        return (UpstreamExchange) context.getAttribute(ATTRIBUTE);
    }

    private UpstreamExchange(Runnable onSending) {
        this.onSending = onSending;
    }

    /** Begins it; returns at once. */
    static UpstreamExchange begin(CloseableHttpAsyncClient client, AsyncRequestProducer request, HttpContext context,
                                  Runnable onSending) {
        UpstreamExchange exchange = new UpstreamExchange(onSending);
        context.setAttribute(ATTRIBUTE, exchange);
        exchange.running = client.execute(request, exchange.new Receiving(), context, exchange.new Outcome());
        return exchange;
    }

    private void sending() throws IOException {
        sent = true;
        onSending.run();
        if (aborted) {
            throw new IOException("the exchange was aborted");
        }
    }

    /**
     * Waits for the status and the headers; of a success also for the first byte of what follows, or its end.
     *
     * @throws InterruptedIOException if the thread is interrupted while it waits
     * @throws IOException            if there was no connection, or it broke before that
     */
    void awaitHead() throws IOException {
        try {
            head.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it waited for the provider's answer");
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** Whether a connection was there and the request went out on it, or began to. */
    boolean sent() {
        return sent;
    }

    int status() {
        return head.join().getCode();
    }

    /** Empty if the answer has no such header. */
    String header(String name) {
        Header header = head.join().getFirstHeader(name);
        return header == null ? "" : header.getValue();
    }

    Inbox inbox() {
        return inbox;
    }

    /** The bytes of the answer, for who reads them all. */
    InputStream body() {
        return new InboxStream(inbox);
    }

    /** Closes the connection at once, unless the answer has ended: the provider is to stop. From any thread. */
    void abort() {
        aborted = true;
        running.cancel(true);
        // The client forgets what a cancel has to end where the connection is made faster than it looks.
        AsyncExecRuntime used = connection.get();
        if (used != null) {
            used.discardEndpoint();
        }
    }

    private void fail(Exception why) {
        IOException cause = why instanceof IOException io ? io : new IOException(why.toString(), why);
        inbox.fail(cause);
        HttpResponse known = received;
        if (known != null) {
            head.complete(known);
        } else {
            head.completeExceptionally(cause);
        }
    }

    private final class Receiving implements AsyncResponseConsumer<Void> {

        private FutureCallback<Void> consumed;
        private boolean begun;
        private boolean complete;

        @Override
        public void consumeResponse(HttpResponse response, EntityDetails entity, HttpContext context,
                                    FutureCallback<Void> callback) {
            consumed = callback;
            received = response;
            if (response.getCode() / 100 != 2) {
                head.complete(response);
            }
            if (entity == null) {
                streamEnd(List.of());
            }
        }

        @Override
        public void informationResponse(HttpResponse response, HttpContext context) {
            // The answer is still to come.
        }

        @Override
        public void updateCapacity(CapacityChannel window) throws IOException {
            inbox.renew(window);
        }

        @Override
        public void consume(ByteBuffer bytes) {
            inbox.add(bytes);
            begin();
        }

        /** Of a success the head says nothing that is of use before the rest: one waking is enough for both. */
        private void begin() {
            if (!begun) {
                begun = true;
                head.complete(received);
            }
        }

        @Override
        public void streamEnd(List<? extends Header> trailers) {
            complete = true;
            begin();
            consumed.completed(null);
        }

        @Override
        public void failed(Exception cause) {
            fail(cause);
        }

        /** Called after the connection went back to the pool: who asks again when it has read all can have it. */
        @Override
        public void releaseResources() {
            if (complete) {
                inbox.end();
            }
        }
    }

    private final class Outcome implements FutureCallback<Void> {

        @Override
        public void completed(Void nothing) {
            // The connection is still to be put back.
        }

        @Override
        public void failed(Exception cause) {
            fail(cause);
        }

        @Override
        public void cancelled() {
            fail(new IOException(new CancellationException("the exchange was cancelled")));
        }
    }
}
