package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The provider is read no faster than the client reads. */
class PausingSlowClientIT extends SlowClientTests {

    @Deployment(testable = false)
    static WebArchive router() {
        return ConfiguredRouter.war("llm.streaming.slow-client=pause", TIME_LIMIT,
                "llm.streaming.replay-buffer-size=67108864");
    }

    @Override
    void assertShape(LongAnswer.Kind kind, MergedEvents events) {
        assertThat(events.all().size()).as("nothing is merged").isEqualTo((int) events.last().id());
    }
}
