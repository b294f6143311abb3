package io.circuitbreaker.llm.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A response as the server has it, and what has become of it. Whoever uses it after it was given back fails. */
final class ServedResponse {

    private final List<Integer> statuses = new ArrayList<>();
    private final Map<String, String> headers = new HashMap<>();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private Runnable onCommit = () -> { };
    private boolean clientGone;
    private int completed;

    private final ServletOutputStream out = new ServletOutputStream() {
        @Override
        public void write(int b) throws IOException {
            reach();
            sent.write(b);
        }

        @Override
        public void flush() throws IOException {
            reach();
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }
    };

    private final HttpServletResponse response = implement(HttpServletResponse.class, this::respond);

    private interface Calls {

        Object call(String method, Object[] arguments);
    }

    private static <T> T implement(Class<T> type, Calls calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (_, method, arguments) -> calls.call(method.getName(), arguments)));
    }

    AsyncContext context() {
        return implement(AsyncContext.class, (method, _) -> switch (method) {
            case "getResponse" -> response;
            case "complete" -> ++completed;
            default -> throw new UnsupportedOperationException(method);
        });
    }

    private Object respond(String method, Object[] arguments) {
        checkOpen();
        return switch (method) {
            case "setStatus" -> status((Integer) arguments[0]);
            case "setContentType" -> set("Content-Type", (String) arguments[0]);
            case "setHeader", "addHeader" -> set((String) arguments[0], (String) arguments[1]);
            case "setContentLength" -> set("Content-Length", arguments[0].toString());
            case "getOutputStream" -> opened();
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private Object status(int status) {
        statuses.add(status);
        return null;
    }

    private Object set(String header, String value) {
        headers.put(header, value);
        return null;
    }

    private ServletOutputStream opened() {
        onCommit.run();
        return out;
    }

    private void reach() throws IOException {
        checkOpen();
        if (clientGone) {
            throw new IOException("broken pipe");
        }
    }

    private void checkOpen() {
        if (completed > 0) {
            throw new AssertionError("the response is another client's by now");
        }
    }

    /** What happens when somebody begins to write, before anything is written. */
    void onCommit(Runnable action) {
        onCommit = action;
    }

    void clientGoes() {
        clientGone = true;
    }

    /** Each status that was set. */
    List<Integer> statuses() {
        return statuses;
    }

    Map<String, String> headers() {
        return headers;
    }

    String body() {
        return sent.toString(UTF_8);
    }

    /** How often it was given back to the server. */
    int timesCompleted() {
        return completed;
    }
}
