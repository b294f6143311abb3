package io.circuitbreaker.llm.session.redis;

import io.circuitbreaker.llm.session.StreamInfo;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamState;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How far a stream has come in Redis.
 *
 * @param oldest the number of its oldest event; one more than the newest if there is none
 * @param newest the number of its newest
 */
record StoredInfo(StreamInfo info, StreamState state, long oldest, long newest) {

    /** The info of a stream that begins, as fields of a hash. */
    static Map<String, String> fields(StreamInfo info, String node, long newest) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("node", node);
        fields.put("state", StreamState.RUNNING.word());
        fields.put("newest", Long.toString(newest));
        fields.put("model", info.model());
        fields.put("created", Long.toString(info.createdAt().toEpochMilli()));
        fields.put("client", info.owner().client());
        info.owner().user().ifPresent(user -> fields.put("user", user));
        info.owner().project().ifPresent(project -> fields.put("project", project));
        info.session().ifPresent(session -> fields.put("session", session));
        return fields;
    }

    /** As {@link Script#LOOK} replies. */
    static Optional<StoredInfo> of(String id, Object reply) {
        List<?> parts = Reply.list(reply);
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        String oldest = Reply.text(parts.get(0));
        Map<String, String> fields = Reply.map(parts.get(1));
        StreamOwner owner = new StreamOwner(fields.get("client"), Optional.ofNullable(fields.get("user")),
                Optional.ofNullable(fields.get("project")));
        StreamInfo info = new StreamInfo(id, owner, fields.get("model"),
                Instant.ofEpochMilli(Long.parseLong(fields.get("created"))), Optional.ofNullable(fields.get("session")));
        long newest = Long.parseLong(fields.get("newest"));
        // The first entry may be the end of a stream without events, whose number is 0.
        long first = oldest.isEmpty() ? newest + 1 : Math.max(1, Reply.number(oldest));
        return Optional.of(new StoredInfo(info, StreamState.valueOf(fields.get("state").toUpperCase(Locale.ROOT)),
                first, newest));
    }
}
