package io.circuitbreaker.llm.routing;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Those who may be asked in one round of a walk, each once, in order. Looked up late: a round takes its time. */
final class DueCandidates implements Iterator<Candidate> {

    private final Walk walk;
    private final Iterator<Candidate> all;
    private Candidate next;

    DueCandidates(Walk walk) {
        this.walk = walk;
        this.all = walk.candidates().iterator();
    }

    @Override
    public boolean hasNext() {
        while (next == null && all.hasNext()) {
            Candidate candidate = all.next();
            next = candidate.isDue(walk.now()) ? candidate : null;
        }
        return next != null;
    }

    @Override
    public Candidate next() {
        if (!hasNext()) {
            throw new NoSuchElementException("all who may be asked have been");
        }
        Candidate found = next;
        next = null;
        return found;
    }
}
