package io.circuitbreaker.llm.routing;

import static io.circuitbreaker.llm.routing.CatalogFile.prices;
import static io.circuitbreaker.llm.routing.CatalogFile.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.StubProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SieveTest {

    private static final String TOOL = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";
    private static final String LIMIT = "\"circuit_breaker\":{\"max_cost_per_1k_tokens\":%s}";

    private final StubProvider plain = StubProvider.answers("plain");
    private final StubProvider able = StubProvider.answers("able");
    private TestRouter test;

    @BeforeEach
    void begin(@TempDir Path folder) {
        LlmProvider[] providers = {plain, able, StubProvider.answers("other")};
        test = TestRouter.configured(new CatalogFile()
                .with("plain/m", prices("1", "2") + ",\"abilities\":[],\"context_window\":100,\"max_output_tokens\":50")
                .with("able/m", prices("10", "20") + ",\"abilities\":[\"tools\",\"images\",\"audio\",\"files\","
                        + "\"structured_output\"],\"context_window\":1000,\"max_output_tokens\":500")
                .with("other/m", prices("10", "30") + ",\"abilities\":[\"images\"]")
                .in(folder, "llm.routes", "r,one,weak", "llm.route.r.candidates", "plain/m,able/m",
                        "llm.route.one.candidates", "plain/m", "llm.route.weak.candidates", "plain/m,other/m"), providers);
    }

    private static String part(String part) {
        return "\"messages\":[{\"role\":\"user\",\"content\":[" + part + "]}]";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}} | takes no images
            {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}   | takes no audio
            {"type":"file","file":{"file_id":"x"}}                                | takes no files
            """)
    void whoIsKnownNotToTakeAPartIsPassedOver(String part, String reason) {
        RoutedStream answer = test.open(request("r", part(part)));
        assertThat(answer.provider()).isEqualTo("able");
        assertThat(answer.fallbackReason()).contains("plain/m: " + reason);
        assertThat(answer.attempts()).isEqualTo(1);
        assertThat(plain.timesAsked()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"video_url\",\"video_url\":{\"url\":\"u\"}}",
        "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AA==\",\"format\":\"wav\"}}",
        "{\"type\":\"file\",\"file\":{\"file_id\":\"x\"}}"})
    void whoCannotBeToldOfAPartIsPassedOver(String part) {
        Needs needs = Needs.of(request("r", part("{\"type\":\"text\",\"text\":\"See:\"}," + part)));
        assertThat(needs.lacking(new Target(new StubRemote("a", "anthropic"), "m"))).map(Needs.Lack::words)
                .contains("cannot be told of such a part");
        assertThat(needs.lacking(new Target(new StubRemote("b", "openai"), "m"))).isEmpty();
        assertThat(Needs.of(request("r", TOOL)).lacking(new Target(new StubRemote("a", "anthropic"), "m"))).isEmpty();
    }

    @Test
    void ifNobodyCanBeToldOfAPartAllAreAskedWithoutIt() {
        List<Target> targets = List.of(new Target(new StubRemote("a", "anthropic"), "m"),
                new Target(new StubRemote("b", "google"), "m"));
        LlmRequest request = request("r", part("{\"type\":\"text\",\"text\":\"See:\"},"
                + "{\"type\":\"file\",\"file\":{\"file_id\":\"x\"}}"));
        List<String> leftOut = new ArrayList<>();
        assertThat(new Sieve(new FirstTokenTimes(System::nanoTime)).of(targets, request, leftOut)).isEqualTo(targets);
        assertThat(leftOut).isEmpty();
    }

    @Test
    void whatAResultHoldsMayBeLeftOutInTheTelling() {
        Needs needs = Needs.of(request("r", """
                "messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"function",
                "function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"1","content":[{"type":"file","file":{"file_id":"x"}}]}]"""));
        assertThat(needs.lacking(new Target(new StubRemote("a", "anthropic"), "m"))).isEmpty();
    }

    @Test
    void toolsAreNeededAlsoWhereOnlyTheirResultsAreThere() {
        assertThat(test.open(request("r", TOOL)).fallbackReason()).contains("plain/m: takes no tools");
        assertThat(test.open(request("r", """
                "messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"function",
                "function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"x"}]"""))
                .fallbackReason()).contains("plain/m: takes no tools");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"type":"text"}                                              | plain
            {"type":"json_object"}                                       | plain
            {"type":"json_schema","json_schema":{"name":"n","schema":{}}} | able
            """)
    void onlyASchemaNeedsStructuredOutput(String format, String provider) {
        assertThat(test.open(request("r", "\"response_format\":" + format)).provider()).isEqualTo(provider);
    }

    @Test
    void promptAndAnswerMustHaveRoomTogether() {
        String prompt = "\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(4 * 60) + "\"}]";
        assertThat(test.open(request("r", prompt + ",\"max_tokens\":39")).provider()).isEqualTo("plain");
        assertThat(test.open(request("r", prompt + ",\"max_tokens\":40")).fallbackReason())
                .contains("plain/m: has a context window of 100 tokens, too small for about 101");
        assertThat(test.open(request("r", "\"max_tokens\":51")).fallbackReason())
                .contains("plain/m: writes at most 50 tokens, not 51");
    }

    @Test
    void ofWhomNothingIsKnownIsAsked() {
        assertThat(test.open(request("plain/unknown", TOOL + ",\"models\":[\"able/m\"]")).provider()).isEqualTo("plain");
    }

    @ParameterizedTest
    @CsvSource({"plain/m", "one"})
    void whoIsTheOnlyOneIsAskedInAnyCase(String model) {
        assertThat(test.open(request(model, TOOL)).provider()).isEqualTo("plain");
    }

    @Test
    void theFirstThatCanIsTheOneWhereOnlyTheFirstIsWishedFor() {
        assertThat(test.open(request("r", TOOL + ",\"disable_fallbacks\":true")).provider()).isEqualTo("able");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "tools":[{"type":"function","function":{"name":"f"}}]                                  | tools
            "response_format":{"type":"json_schema","json_schema":{"name":"n"}}                     | response_format
            "messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"x"}}]}]         | messages
            """)
    void ifNobodyCanTheRequestIsRefusedByTheMemberThatNeedsIt(String members, String param) {
        Failure.InvalidRequest refusal = (Failure.InvalidRequest) test.refusal(request("weak", members)).failure();
        assertThat(refusal.param()).isEqualTo(param);
        assertThat(refusal.message()).startsWith("nobody of those who might answer can take this request: plain/m: ")
                .contains("; other/m: ");
    }

    @Test
    void whoIsKnownToBeTooDearIsLeftOut() {
        String members = "\"models\":[\"other/unpriced\",\"plain/m\"]," + LIMIT.formatted("0.0199");
        RoutedStream answer = test.open(request("able/m", members));
        assertThat(answer.provider()).as("whose price is not known").isEqualTo("other");
        assertThat(answer.fallbackReason()).contains("able/m: costs $0.020 for 1,000 tokens of the answer");
        assertThat(test.open(request("able/m", LIMIT.formatted("0.02"))).provider()).isEqualTo("able");
    }

    @Test
    void ifAllAreTooDearTheRequestIsRefused() {
        assertThat(test.refusal(request("able/m", LIMIT.formatted("0.01"))).failure()).isEqualTo(
                Failure.InvalidRequest.of("circuit_breaker.max_cost_per_1k_tokens", "nobody is known to answer at"
                        + " circuit_breaker.max_cost_per_1k_tokens = 0.01: able/m: costs $0.020 for 1,000 tokens of the"
                        + " answer"));
        assertThat(able.timesAsked()).isZero();
    }
}
