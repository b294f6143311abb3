package io.circuitbreaker.llm.session;

import java.util.ArrayList;
import java.util.List;

/**
 * The events of a stream that can still be had, the oldest of which go when their sum passes the limit. The newest is
 * kept whatever its size. Events are numbered from 1. Not thread-safe.
 */
final class ReplayBuffer {

    private static final int FIRST_CAPACITY = 16;

    private final int limitInCharacters;
    private String[] ring = new String[FIRST_CAPACITY];
    private int first;
    private int size;
    private long firstId = 1;
    private long characters;

    ReplayBuffer(int limitInCharacters) {
        if (limitInCharacters < 1) {
            throw new IllegalArgumentException("the limit of a replay buffer must be > 0, was " + limitInCharacters);
        }
        this.limitInCharacters = limitInCharacters;
    }

    /** Returns the event's number. */
    long add(String data) {
        if (size == ring.length) {
            grow();
        }
        ring[at(size)] = data;
        size++;
        characters += data.length();
        while (characters > limitInCharacters && size > 1) {
            dropOldest();
        }
        return lastId();
    }

    private void dropOldest() {
        characters -= ring[first].length();
        ring[first] = null;
        first = at(1);
        size--;
        firstId++;
    }

    private void grow() {
        String[] larger = new String[ring.length * 2];
        for (int i = 0; i < size; i++) {
            larger[i] = ring[at(i)];
        }
        ring = larger;
        first = 0;
    }

    private int at(int position) {
        return first + position & ring.length - 1;
    }

    /** 0 before the first event. */
    long lastId() {
        return firstId + size - 1;
    }

    /** The oldest that can still be had; one more than {@link #lastId()} before the first event. */
    long firstId() {
        return firstId;
    }

    long characters() {
        return characters;
    }

    /** Those after this number, at most so many. {@code after + 1} must be between the first and the last, or one more. */
    List<String> after(long after, int most) {
        int from = (int) (after + 1 - firstId);
        int count = Math.min(size - from, most);
        List<String> events = new ArrayList<>(count);
        for (int i = from; i < from + count; i++) {
            events.add(ring[at(i)]);
        }
        return events;
    }
}
