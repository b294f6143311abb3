package io.circuitbreaker.llm.it;

import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How a request comes to its providers, of {@link PatientRouter}: who is asked first, who next if anybody, whether the
 * request names them or a route does, and whether the answer is wanted as a stream.
 */
record Way(List<Fake> providers, boolean byRoute, boolean streaming) {

    /** From each language to each, and in each form. */
    static Stream<Way> ofTwo() {
        return Fake.FAULTY.stream().flatMap(first -> Fake.SPARE.stream().flatMap(next -> forms(List.of(first, next))));
    }

    /** The same, of those that the request names. */
    static Stream<Way> ofTwoByRequest() {
        return ofTwo().filter(way -> !way.byRoute());
    }

    /** With nobody to ask next, for each language and in each form. */
    static Stream<Way> alone() {
        return Fake.FAULTY.stream().flatMap(only -> forms(List.of(only)));
    }

    /** For each language once with each form, and each time another one is asked next. */
    static Stream<Way> ofTwoInEachForm() {
        List<Way> all = ofTwo().toList();
        int forms = 4;
        return Stream.iterate(0, i -> i < all.size(), i -> i + forms)
                .map(i -> all.get(i + i / forms % forms));
    }

    private static Stream<Way> forms(List<Fake> providers) {
        return Stream.of(new Way(providers, false, true), new Way(providers, false, false),
                new Way(providers, true, true), new Way(providers, true, false));
    }

    Fake first() {
        return providers.getFirst();
    }

    Fake next() {
        return providers.get(1);
    }

    boolean hasNext() {
        return providers.size() > 1;
    }

    /** Of fault-router.properties. */
    String alias() {
        return "fault-" + language(first()) + "-" + (hasNext() ? language(next()) : "alone");
    }

    /** The names of the models for the router's clients, the first one's and the next one's. */
    List<String> prepare(FakeReply[] first, Function<ReceivedRequest, FakeReply> next) {
        String firsts = hasNext() ? "to-" + language(next()) : "alone";
        String served = first().servingAs(byRoute ? firsts : Fake.newModel(), first);
        if (!hasNext()) {
            return List.of(served);
        }
        return List.of(served, next().servingAs(byRoute ? "from-" + language(first()) : Fake.newModel(), next));
    }

    private static String language(Fake fake) {
        return fake.wire().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return String.join(" → ", providers.stream().map(Way::language).toList()) + ", "
                + (byRoute ? "route" : "request") + ", " + (streaming ? "stream" : "whole");
    }
}
