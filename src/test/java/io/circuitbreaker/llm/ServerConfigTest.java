package io.circuitbreaker.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The integration tests' server says something about the real one only while both are configured alike. */
class ServerConfigTest {

    private static final List<String> FOR_ARQUILLIAN = List.of("feature localConnector-1.0", "applicationMonitor");

    @Test
    void theTestsServerIsConfiguredAsTheRealOne() throws Exception {
        List<String> real = settings("server-config/server.xml");
        List<String> tested = settings("src/test/liberty/server.xml");
        real.removeIf(setting -> setting.startsWith("webApplication"));
        tested.removeIf(setting -> FOR_ARQUILLIAN.stream().anyMatch(setting::startsWith));
        assertThat(real).contains("feature restfulWS-3.1").anyMatch(setting -> setting.startsWith("httpOptions"));
        assertThat(tested).containsExactlyInAnyOrderElementsOf(real);
    }

    /** Every element below the root with its attributes in order of name, and its text. */
    private static List<String> settings(String file) throws Exception {
        Element root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(Path.of(file).toFile())
                .getDocumentElement();
        NodeList elements = root.getElementsByTagName("*");
        List<String> settings = new ArrayList<>();
        IntStream.range(0, elements.getLength()).mapToObj(elements::item).map(ServerConfigTest::setting)
                .forEach(settings::add);
        return settings;
    }

    private static String setting(Node element) {
        TreeMap<String, String> attributes = new TreeMap<>();
        NamedNodeMap all = element.getAttributes();
        IntStream.range(0, all.getLength()).forEach(i ->
                attributes.put(all.item(i).getNodeName(), all.item(i).getNodeValue()));
        boolean leaf = element.getChildNodes().getLength() == 1;
        return (element.getNodeName() + (leaf ? " " + element.getTextContent().strip() : "")
                + (attributes.isEmpty() ? "" : " " + attributes)).strip();
    }
}
