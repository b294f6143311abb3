package io.circuitbreaker.llm.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** JSON texts of which most differ from the one before only in a string: what a template is for, and what trips it. */
public final class SimilarJson {

    private static final int DOCUMENTS = 60;

    private SimilarJson() {
    }

    /** For a parameterized test. */
    public static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    /**
     * Begins with the first shape and goes on with the same three times of four.
     *
     * @param shapes with one {@code %s} each
     * @param texts  to stand there, escaped or not
     */
    public static List<String> documents(Random random, List<String> shapes, List<String> texts) {
        List<String> documents = new ArrayList<>();
        String shape = shapes.getFirst();
        for (int i = 0; i < DOCUMENTS; i++) {
            shape = random.nextInt(4) == 0 ? shapes.get(random.nextInt(shapes.size())) : shape;
            documents.add(shape.formatted(texts.get(random.nextInt(texts.size()))));
        }
        return documents;
    }
}
