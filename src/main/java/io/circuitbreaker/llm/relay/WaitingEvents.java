package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.dialect.TextEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Function;

/**
 * The events that wait for a slow client, bounded in number and size. Texts that follow one another become one event,
 * which has the number of its last part: who goes on after it has had them all. Not thread-safe.
 */
final class WaitingEvents {

    /** One more may come on top of it, whatever its size. */
    static final int MOST_CHARACTERS = 256 * 1024;

    private static final class Entry {

        private long id;
        private final String data;
        // of a text only
        private final Optional<TextEvent> first;
        private final StringBuilder text = new StringBuilder(0);
        private boolean merged;

        Entry(long id, String data, Optional<TextEvent> first) {
            this.id = id;
            this.data = data;
            this.first = first;
        }

        /** Its whole text. */
        private StringBuilder text() {
            if (!merged) {
                merged = true;
                text.append(first.orElseThrow().text());
            }
            return text;
        }

        private int textLength() {
            return merged ? text.length() : first.map(TextEvent::text).map(String::length).orElse(0);
        }

        String whole() {
            return merged ? first.orElseThrow().before() + text + first.orElseThrow().after() : data;
        }
    }

    /** An event as it is to be delivered. */
    record Event(long id, String data) {
    }

    private final int mostEvents;
    private final int mostText;
    private final Function<String, Optional<TextEvent>> texts;
    private final Deque<Entry> queue = new ArrayDeque<>();
    private long characters;

    /**
     * @param mostText how long the text of a merged event may be
     * @param texts    finds the text in an event's data
     */
    WaitingEvents(int mostEvents, int mostText, Function<String, Optional<TextEvent>> texts) {
        this.mostEvents = mostEvents;
        this.mostText = mostText;
        this.texts = texts;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Returns false, and takes nothing, if there is no room for it. */
    boolean add(long id, String data) {
        Optional<TextEvent> text = texts.apply(data);
        Entry last = queue.peekLast();
        boolean full = characters >= MOST_CHARACTERS;
        if (!full && last != null && text.isPresent() && fits(last, text.get())) {
            last.text().append(text.get().text());
            last.id = id;
            characters += text.get().text().length();
            return true;
        }
        if (full || queue.size() >= mostEvents) {
            return false;
        }
        queue.add(new Entry(id, data, text));
        characters += data.length();
        return true;
    }

    private boolean fits(Entry last, TextEvent next) {
        return last.first.isPresent() && next.continues(last.first.get())
                && last.textLength() + next.text().length() <= mostText;
    }

    /** The oldest; there must be one. */
    Event poll() {
        Entry oldest = queue.remove();
        if (queue.isEmpty()) {
            characters = 0;
        } else {
            characters -= oldest.merged ? oldest.data.length() + oldest.text.length() - oldest.first.get().text().length()
                    : oldest.data.length();
        }
        return new Event(oldest.id, oldest.whole());
    }

    void clear() {
        queue.clear();
        characters = 0;
    }
}
