package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.Voice;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One of several who answer side by side: asks its candidate, reads the answer and hands it over, all on a virtual thread
 * of its own. It waits where nobody takes what it says, and so does its provider.
 */
final class Speaker {

    private static final Logger LOG = Logger.getLogger(Speaker.class.getName());

    /** What a speaker hands over: {@code Opened}, what it says, and one end; or {@code NotOpened} alone. */
    sealed interface Said {
        int choice();
    }

    record Opened(int choice, Attempt.Answered answered, List<String> dropped, Voice voice) implements Said {
    }

    record NotOpened(int choice, Attempt.Failed failed) implements Said {
    }

    record Spoke(int choice, StreamingChunk chunk) implements Said {
    }

    record Ended(int choice) implements Said {
    }

    record Broke(int choice, LlmException why) implements Said {
    }

    private final int choice;
    private final Attempt attempt;
    private final HandOver<Said> listener;

    Speaker(int choice, Attempt attempt, HandOver<Said> listener) {
        this.choice = choice;
        this.attempt = attempt;
        this.listener = listener;
    }

    void start() {
        Thread.ofVirtual().name("llm-choice-" + choice + "-" + attempt.candidate().target().name()).start(this::run);
    }

    private void run() {
        switch (attempt.run()) {
            case Attempt.Failed failed -> listener.put(new NotOpened(choice, failed));
            // Let go of before its end is told: with the last end all is settled.
            case Attempt.Answered answered -> listener.put(told(answered));
        }
    }

    private Said told(Attempt.Answered answered) {
        try (ChunkStream stream = answered.stream()) {
            Voice voice = new Voice(choice, stream.head());
            boolean heard = listener.put(new Opened(choice, answered, stream.droppedParams(), voice));
            while (heard && stream.advance()) {
                heard = listener.put(new Spoke(choice, stream.chunk().by(voice)));
            }
            return new Ended(choice);
        } catch (LlmException e) {
            return new Broke(choice, e);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.SEVERE, e, () -> "the answer of " + attempt.candidate().target().shown()
                    + " ended by our own fault");
            return new Broke(choice, new LlmException(new Failure.Internal("the router failed; its log has more"), e));
        }
    }
}
