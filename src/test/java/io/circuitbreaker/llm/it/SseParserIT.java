package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parser of client.js beside the browser's own: the same bytes, cut wherever they can be. No router has a part in it. */
class SseParserIT {

    private static final int PAGES_PORT = 19149;
    private static final int DRIVER_PORT = 19150;

    private static final String EVENTS = """
            \uFEFFid: 1
            data: first é✓😀

            : a comment
            :
            id: 2
            data: two
            data:  lines

            event: named
            id: 3
            data:no space

            id: 9\0
            data
            data: \uFEFFbelow an empty line

            id: 4

            data: {"a": "b: c"}

            retry: 10
            unknown: field
            data:

            data: [DONE]

            data: half of an event
            """;
    private static final String PARSED = """
            [{"id":1,"data":"first é✓😀"},{"id":2,"data":"two\\n lines"},{"id":3,"data":"no space"},\
            {"id":3,"data":"\\n\uFEFFbelow an empty line"},{"id":4,"data":"{\\"a\\": \\"b: c\\"}"},{"id":4,"data":""},\
            {"id":4,"data":"[DONE]"}]""";

    private static PageServer pages;
    private static Browser browser;

    @BeforeAll
    static void start() throws IOException {
        Assumptions.assumeTrue(Browser.isInstalled(), Browser.NEEDED);
        pages = PageServer.listenOn(PAGES_PORT);
        for (String module : new String[] {"sse.js", "requests.js", "errors.js"}) {
            pages.serve("/" + module, "text/javascript", Files.readAllBytes(Path.of("src", "main", "webapp", module)));
        }
        pages.serve("/mixed", "text/event-stream", (EVENTS.replaceFirst("\n", "\r").replace("\n:\n", "\r\n:\r")
                .replace("\ndata", "\r\ndata")).getBytes(UTF_8));
        pages.serve("/lf", "text/event-stream", EVENTS.getBytes(UTF_8));
        pages.serve("/cr", "text/event-stream", EVENTS.replace('\n', '\r').getBytes(UTF_8));
        pages.serve("/crlf", "text/event-stream", EVENTS.replace("\n", "\r\n").getBytes(UTF_8));
        browser = Browser.start(DRIVER_PORT);
    }

    @AfterAll
    static void stop() throws IOException {
        if (browser != null) {
            browser.close();
        }
        if (pages != null) {
            pages.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/lf", "/cr", "/crlf", "/mixed"})
    @DisplayName("T33, T34: whatever the pieces in which bytes come, the events are those that the browser's EventSource finds")
    void piecesMakeNoDifference(String path) {
        browser.open(pages.origin());
        JsonObject found = JsonText.parseObject(browser.await("""
                const { eventsOf } = await import("/sse.js");
                const bytes = new Uint8Array(await (await fetch("%1$s")).arrayBuffer());
                const browsers = await new Promise((resolve) => {
                  const source = new EventSource("%1$s");
                  const events = [];
                  const put = ({ lastEventId, data }) => events.push({ id: Number(lastEventId), data });
                  source.onmessage = put;
                  source.addEventListener("named", put);
                  source.onerror = () => { source.close(); resolve(events); };
                });
                const ours = async (pieces) => {
                  const body = new ReadableStream({ start(to) { pieces.forEach((piece) => to.enqueue(piece)); to.close(); } });
                  const events = [];
                  for await (const event of eventsOf(body.getReader(), 0)) {
                    events.push(event);
                  }
                  return JSON.stringify(events);
                };
                const ways = [Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))];
                for (let at = 0; at <= bytes.length; at++) {
                  ways.push([bytes.subarray(0, at), bytes.subarray(at)]);
                }
                const wrong = [];
                for (const pieces of ways) {
                  const events = await ours(pieces);
                  if (events !== JSON.stringify(browsers)) {
                    wrong.push({ at: pieces[0].length, events });
                  }
                }
                return JSON.stringify({ browsers: JSON.stringify(browsers), ways: ways.length, wrong });
                """.formatted(path)));
        assertThat(found.getString("browsers")).isEqualTo(PARSED);
        assertThat(found.getInt("ways")).isGreaterThan(EVENTS.length());
        assertThat(found.getJsonArray("wrong")).isEmpty();
    }
}
