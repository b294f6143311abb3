package io.circuitbreaker.llm.sse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * What a parser found in one body: everything that reached its listener, in order, and what was left at the end.
 *
 * @param found an {@link SseEvent}, a {@link Retry} or an {@link Ignored} each
 */
record SseTranscript(List<Object> found, Optional<SseEvent> unfinished) {

    record Retry(long milliseconds) {
    }

    record Ignored(String line) {
    }

    /** How a body is cut: the size of the next piece, given the number of bytes that are left. */
    @FunctionalInterface
    interface Cut {

        int next(int rest);

        static Cut none() {
            return rest -> rest;
        }

        static Cut every(int size) {
            return rest -> Math.min(size, rest);
        }

        /** One cut; at 0 and at the body's length one of the two pieces is empty. */
        static Cut at(int position) {
            boolean[] first = {true};
            return rest -> {
                int size = first[0] ? position : rest;
                first[0] = false;
                return size;
            };
        }

        /** Pieces of 0 to {@code largest} bytes. */
        static Cut random(RandomGenerator random, int largest) {
            return rest -> Math.min(rest, random.nextInt(largest + 1));
        }
    }

    static SseTranscript of(byte[] body, Cut cut) {
        return of(body, cut, SseParser.DEFAULT_LIMIT_IN_BYTES);
    }

    /**
     * The pieces pass through one buffer that is full of line ends elsewhere: a parser that reads outside of its piece,
     * or comes back to an array that the caller has reused since, finds lines that are not there.
     */
    static SseTranscript of(byte[] body, Cut cut, int limitInBytes) {
        Recorder recorder = new Recorder();
        SseParser parser = new SseParser(recorder, limitInBytes);
        byte[] buffer = new byte[body.length + 2];
        int offset = 0;
        while (offset < body.length) {
            int size = cut.next(body.length - offset);
            Arrays.fill(buffer, 0, size + 2, (byte) '\n');
            System.arraycopy(body, offset, buffer, 1, size);
            parser.feed(buffer, 1, size);
            Arrays.fill(buffer, 0, size + 2, (byte) '\n');
            offset += size;
        }
        Optional<SseEvent> unfinished = parser.unfinished();
        return new SseTranscript(List.copyOf(recorder.found), unfinished);
    }

    List<SseEvent> events() {
        return found.stream().filter(SseEvent.class::isInstance).map(SseEvent.class::cast).toList();
    }

    List<String> data() {
        return events().stream().map(SseEvent::data).toList();
    }

    List<String> ignored() {
        return found.stream().filter(Ignored.class::isInstance).map(line -> ((Ignored) line).line()).toList();
    }

    /** The reconnection time that holds at the end. */
    OptionalLong retry() {
        return found.stream().filter(Retry.class::isInstance).mapToLong(retry -> ((Retry) retry).milliseconds())
                .reduce((earlier, later) -> later);
    }

    private static final class Recorder implements SseListener {

        private final List<Object> found = new ArrayList<>();

        @Override
        public void event(SseEvent event) {
            found.add(event);
        }

        @Override
        public void retry(long milliseconds) {
            found.add(new Retry(milliseconds));
        }

        @Override
        public void ignored(String line) {
            found.add(new Ignored(line));
        }
    }
}
