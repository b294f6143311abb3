package io.circuitbreaker.llm.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Counts the streams that are open: in all, for each user, for each project. Thread-safe. */
final class Places {

    /** Which limit has been reached, in words and by its key. */
    record Reached(String message, String key) {
    }

    private final StreamLimits limits;
    // guarded by this
    private int all;
    private final Map<String, Integer> byUser = new HashMap<>();
    private final Map<String, Integer> byProject = new HashMap<>();

    Places(StreamLimits limits) {
        this.limits = limits;
    }

    /** Takes a place, or says what stands against it. */
    synchronized Optional<Reached> take(StreamOwner owner) {
        if (all >= limits.all()) {
            return reached("the server has its limit of ", limits.all(), StreamLimits.ALL);
        }
        if (isFull(byUser, owner.userKey(), limits.perUser())) {
            return reached("the user has the limit of ", limits.perUser(), StreamLimits.PER_USER);
        }
        if (isFull(byProject, owner.projectKey(), limits.perProject())) {
            return reached("the project has the limit of ", limits.perProject(), StreamLimits.PER_PROJECT);
        }
        all++;
        owner.userKey().ifPresent(user -> byUser.merge(user, 1, Integer::sum));
        owner.projectKey().ifPresent(project -> byProject.merge(project, 1, Integer::sum));
        return Optional.empty();
    }

    private static boolean isFull(Map<String, Integer> taken, Optional<String> key, int limit) {
        return key.isPresent() && taken.getOrDefault(key.get(), 0) >= limit;
    }

    private static Optional<Reached> reached(String what, int limit, String key) {
        return Optional.of(new Reached(what + limit + " concurrent streams (" + key + ")", key));
    }

    /** Who has no stream left is forgotten: users come and go. */
    synchronized void giveBack(StreamOwner owner) {
        all--;
        owner.userKey().ifPresent(user -> byUser.computeIfPresent(user, Places::oneLess));
        owner.projectKey().ifPresent(project -> byProject.computeIfPresent(project, Places::oneLess));
    }

    private static Integer oneLess(String key, Integer count) {
        return count == 1 ? null : Integer.valueOf(count - 1);
    }

    synchronized int size() {
        return all + byUser.size() + byProject.size();
    }
}
