package io.circuitbreaker.llm.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client has one answer, whoever comes first with it, and its response is given back to the server once. */
@Timeout(30)
class ClientReplyTest {

    private static final Failure CUT = new Failure.ClosedEarly("cut");
    private static final Failure GONE = new Failure.ClientGone("away");
    private static final String ERROR = "{\"error\":1}";

    private final ServedResponse served = new ServedResponse();
    private final ClientReply reply = reply(AnswerForm.EVENTS);

    private ClientReply reply(AnswerForm form) {
        ClientReply made = new ClientReply(form, served.context());
        made.headers(Map.of("X-Request-Id", "req_1"));
        return made;
    }

    private static void fail(ClientReply reply, Failure why) {
        reply.fail(why, Response.status(502).type(MediaType.APPLICATION_JSON_TYPE).header("Retry-After", 1).entity(ERROR)
                .build(), ERROR, 2);
    }

    private void assertAnswered(int status, String body) {
        assertThat(served.statuses()).containsExactly(status);
        assertThat(served.body()).isEqualTo(body);
        assertThat(served.headers()).containsEntry("X-Request-Id", "req_1");
        assertThat(served.timesCompleted()).isEqualTo(1);
    }

    private static void assertGone(Runnable step) {
        assertThat(catchThrowableOfType(LlmException.class, step::run).failure()).isInstanceOf(Failure.ClientGone.class);
    }

    // ---- open

    @ParameterizedTest
    @EnumSource
    @DisplayName("An error before the response is committed is a status")
    void failureBeforeCommit(AnswerForm form) {
        fail(reply(form), CUT);
        assertAnswered(502, ERROR);
        assertThat(served.headers()).containsEntry("Content-Type", "application/json").containsEntry("Retry-After", "1");
    }

    @Test
    void aDocumentBeforeCommitHasItsLength() {
        reply(AnswerForm.DOCUMENT).document("{\"a\":\"\u00e9\"}");
        assertAnswered(200, "{\"a\":\"\u00e9\"}");
        assertThat(served.headers()).containsEntry("Content-Length", "10");
    }

    @Test
    void aClientThatLeavesBeforeCommit() {
        served.clientGoes();
        assertGone(reply::commit);
        assertGone(() -> fail(reply, GONE));
        assertThat(served.body()).isEmpty();
        assertThat(served.timesCompleted()).isEqualTo(1);
    }

    @Test
    void aClientThatLeavesWhileItIsTold() {
        served.clientGoes();
        assertGone(() -> fail(reply, CUT));
        assertThat(served.timesCompleted()).isEqualTo(1);
    }

    @Test
    @DisplayName("The response of a document that did not reach its client is not touched again")
    void aClientThatLeavesWhileItGetsADocument() {
        ClientReply document = reply(AnswerForm.DOCUMENT);
        served.clientGoes();
        assertGone(() -> document.document("{}"));
        assertThat(served.timesCompleted()).isEqualTo(1);
        fail(document, GONE);
        assertThat(served.timesCompleted()).isEqualTo(1);
    }

    // ---- committed

    @Test
    @DisplayName("An error after that is the last event")
    void failureAfterCommit() {
        EventWriter writer = reply.commit().orElseThrow();
        writer.event(1, "{}");
        fail(reply, CUT);
        assertAnswered(200, "id: 1\ndata: {}\n\nid: 2\ndata: " + ERROR + "\n\n");
        assertThat(served.headers()).containsEntry("Content-Type", "text/event-stream;charset=utf-8")
                .doesNotContainKey("Retry-After");
    }

    @Test
    void aHeartbeatCommitsToo() {
        reply.beat();
        fail(reply, CUT);
        assertAnswered(200, ": ping\nid: 2\ndata: " + ERROR + "\n\n");
    }

    @Test
    void ofADocumentTheErrorIsTheDocumentThen() {
        ClientReply document = reply(AnswerForm.DOCUMENT);
        document.beat();
        fail(document, CUT);
        assertAnswered(200, "\n" + ERROR);
    }

    @Test
    void aDocumentAfterAHeartbeat() {
        ClientReply document = reply(AnswerForm.DOCUMENT);
        document.beat();
        document.document("{}");
        assertAnswered(200, "\n{}");
    }

    @Test
    void theFirstCommitIsTheOnlyOne() {
        EventWriter writer = reply.commit().orElseThrow();
        reply.headers(Map.of("X-Late", "1"));
        assertThat(reply.commit()).contains(writer);
        assertThat(served.statuses()).hasSize(1);
        assertThat(served.headers()).doesNotContainKey("X-Late");
    }

    @Test
    void aClientThatLeavesAfterCommitIsToldNothing() {
        EventWriter writer = reply.commit().orElseThrow();
        writer.event(1, "{}");
        served.clientGoes();
        assertGone(writer::flush);
        assertGone(reply::beat);
        fail(reply, GONE);
        assertAnswered(200, "id: 1\ndata: {}\n\n");
    }

    @Test
    void aClientThatLeavesBeforeTheLastEventHasItsResponseGivenBack() {
        reply.beat();
        served.clientGoes();
        assertGone(() -> fail(reply, CUT));
        assertAnswered(200, ": ping\n");
    }

    @Test
    void aClientThatLeavesWhileItGetsADocumentAfterAHeartbeat() {
        ClientReply document = reply(AnswerForm.DOCUMENT);
        document.beat();
        served.clientGoes();
        assertGone(() -> document.document("{}"));
        fail(document, GONE);
        assertAnswered(200, "\n");
    }

    // ---- answered

    @Test
    void afterAStatusNoHeartbeatCommits() {
        fail(reply, CUT);
        reply.beat();
        assertThat(reply.commit()).isEmpty();
        assertAnswered(502, ERROR);
    }

    @Test
    void afterADocumentNoHeartbeatFollows() {
        ClientReply document = reply(AnswerForm.DOCUMENT);
        document.document("{}");
        document.beat();
        assertAnswered(200, "{}");
    }

    @Test
    void afterTheEndOfAStreamNoHeartbeatFollows() {
        EventWriter writer = reply.commit().orElseThrow();
        writer.event(1, "{}");
        reply.end(writer);
        reply.beat();
        assertAnswered(200, "id: 1\ndata: {}\n\n");
    }

    @Test
    @DisplayName("A failure that comes while a heartbeat commits is an event: it waits for that")
    void failureWhileAHeartbeatCommits() throws InterruptedException {
        CountDownLatch committing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        served.onCommit(() -> {
            committing.countDown();
            await(goOn);
        });
        Thread beating = Thread.ofPlatform().start(reply::beat);
        committing.await();
        Thread failing = Thread.ofPlatform().start(() -> fail(reply, CUT));
        while (failing.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        beating.join();
        failing.join();
        assertThat(served.statuses()).containsExactly(200);
        assertThat(served.body()).contains("id: 2\ndata: " + ERROR);
        assertThat(served.timesCompleted()).isEqualTo(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
