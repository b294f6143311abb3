package io.circuitbreaker.llm.session;

import java.util.Optional;

/**
 * Whose a session or a stream is.
 *
 * @param client  the name of the client's key; empty where no keys are configured. Nobody else sees it
 * @param user    the client's own user, if it says which
 * @param project the client's own project, if it says which
 */
public record StreamOwner(String client, Optional<String> user, Optional<String> project) {

    public static StreamOwner of(String client) {
        return new StreamOwner(client, Optional.empty(), Optional.empty());
    }

    public boolean belongsTo(String anyClient) {
        return client.equals(anyClient);
    }

    /** Not the same user of two clients is the same user. */
    Optional<String> userKey() {
        return user.map(name -> client + '/' + name);
    }

    Optional<String> projectKey() {
        return project.map(name -> client + '/' + name);
    }
}
