package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Two providers that are prepared for what a test wants, and the requests that they then see. */
final class Trial {

    private final Way way;
    private final List<String> models;

    /** @param next what the one who is asked next replies with; of no meaning if nobody is */
    private Trial(Way way, Function<ReceivedRequest, FakeReply> next, FakeReply... first) {
        this(way, way.prepare(first, next));
    }

    private Trial(Way way, List<String> models) {
        this.way = way;
        this.models = models;
    }

    /** @param first what the one who is asked first replies in turn, the last again and again; the next one answers */
    static Trial of(Way way, FakeReply... first) {
        FakeReply answer = way.providers().getLast().wire().answer(FaultyReplies.ANSWER);
        return new Trial(way, _ -> answer, first);
    }

    static Trial with(Way way, FakeReply first, Function<ReceivedRequest, FakeReply> next) {
        return new Trial(way, next, first);
    }

    /** With models whose prices are known; no route has them. */
    static Trial priced(Way way, FakeReply first, FakeReply next) {
        return new Trial(way, List.of(way.first().servingAs(ListPrices.model(way.first().wire()), first),
                way.next().servingAs(ListPrices.model(way.next().wire()), next)));
    }

    /** Both reply with this again and again. */
    static Trial ofBoth(Way way, Function<Wire, FakeReply> reply) {
        FakeReply nexts = reply.apply(way.next().wire());
        return new Trial(way, _ -> nexts, reply.apply(way.first().wire()));
    }

    /** Sends the client's request, with usage. */
    Told ask() {
        return new Told(Router.post(body()), way.streaming());
    }

    /** The same, for an answer that is gone on with where it breaks off. */
    Told askToContinue() {
        return new Told(Router.post(body(), "X-LLM-Recovery", "continue"), way.streaming());
    }

    private String body() {
        String more = way.streaming() ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "";
        if (way.hasNext() && !way.byRoute()) {
            more += ",\"models\":[" + JsonText.quote(next()) + "]";
        }
        return Router.chat(way.byRoute() ? way.alias() : first(), "Hi", more);
    }

    /** The model of the one who is asked first, as clients name it. */
    String first() {
        return models.getFirst();
    }

    String next() {
        return models.get(1);
    }

    /** How many requests each of them saw since the trial was made. */
    void assertAsked(int... times) {
        int[] asked = new int[models.size()];
        for (int i = 0; i < asked.length; i++) {
            asked[i] = way.providers().get(i).requests(models.get(i)).size();
        }
        assertThat(asked).as("requests that each provider saw").containsExactly(times);
    }

    /** The last request that the next one saw is like this. */
    void assertLastAskedIn(Predicate<ReceivedRequest> form) {
        assertThat(way.next().requests(next()).getLast()).matches(form);
    }

    /** What one test has seen shall not count for the next: an answer ends a pause, and a row of failures. */
    void settle() {
        for (int i = 0; i < models.size(); i++) {
            Fake fake = way.providers().get(i);
            String name = models.get(i).substring(models.get(i).indexOf('/') + 1);
            Router.post(Router.unary(fake.servingAs(name, fake.wire().answer("fine"))));
        }
    }
}
