package io.circuitbreaker.llm.it;

import java.io.File;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The WAR as Maven built it, in a real server, seen from outside. All classes share the server; each has the application
 * started anew, so that no breaker, pool or figure is left from the class before.
 */
@ExtendWith(ArquillianExtension.class)
abstract class DeployedRouter {

    @Deployment(testable = false)
    static WebArchive router() {
        return ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("router.war")));
    }
}
