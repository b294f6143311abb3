package io.circuitbreaker.llm.it;

import java.io.File;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.ClassLoaderAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * As {@link DeployedRouter}, but with settings of its own: {@code fault-router.properties} goes into the WAR. It has
 * routes over providers that fail, and unlike the others' router it waits for them.
 */
@ExtendWith(ArquillianExtension.class)
abstract class PatientRouter {

    private static final String CONFIG = "WEB-INF/classes/META-INF/microprofile-config.properties";

    @Deployment(testable = false)
    static WebArchive router() {
        WebArchive war = ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("router.war")));
        war.delete(CONFIG);
        war.add(new ClassLoaderAsset("fault-router.properties"), CONFIG);
        return war;
    }
}
