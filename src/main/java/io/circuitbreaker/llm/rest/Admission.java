package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.edge.ClientAccess;
import jakarta.servlet.http.HttpServletRequest;

/** What becomes of a request when it is known whether its client may make it. */
final class Admission {

    private Admission() {
    }

    /**
     * Notes who calls.
     *
     * @throws LlmException if the client may not
     */
    static void carryOut(ClientAccess.Decision decision, HttpServletRequest request) {
        switch (decision) {
            case ClientAccess.Decision.Admitted admitted -> request.setAttribute(ClientAccess.CLIENT, admitted.client());
            case ClientAccess.Decision.Refused refused -> throw new LlmException(refused.why());
        }
    }
}
