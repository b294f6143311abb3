package io.circuitbreaker.llm.testing;

/** How a reply's body is delimited on the wire (RFC 9112 section 6). */
sealed interface Framing {

    static Framing usualFor(int status) {
        return status == 204 || status == 304 ? new NoBody() : new Chunked();
    }

    /** Each piece that a script sends is one chunk. */
    record Chunked() implements Framing {
    }

    /** {@code Content-Length}; a script that ends with more or fewer bytes also closes the connection. */
    record Length(long bytes) implements Framing {
    }

    /** A status that has no body, and whose head must not speak of one. */
    record NoBody() implements Framing {
    }

    /** The body ends where the connection does. */
    record UntilClose() implements Framing {
    }

    /** Neither head nor framing: the script's bytes are all that is sent. */
    record Headless() implements Framing {
    }
}
