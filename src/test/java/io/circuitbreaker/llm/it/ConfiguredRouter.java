package io.circuitbreaker.llm.it;

import java.io.File;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The WAR with settings of a test's own, which come before those of the shared server. */
final class ConfiguredRouter {

    private static final String CONFIG = "WEB-INF/classes/META-INF/microprofile-config.properties";

    private ConfiguredRouter() {
    }

    /** @param settings each {@code key=value} */
    static WebArchive war(String... settings) {
        WebArchive war = ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("router.war")));
        war.delete(CONFIG);
        String all = "config_ordinal=600\nmp.openapi.scan.disable=true\n" + String.join("\n", settings);
        war.add(new StringAsset(all), CONFIG);
        return war;
    }
}
