package io.circuitbreaker.llm.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClosedSchemaTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'type':'object'} | {'type':'object','additionalProperties':false}
            {'properties':{}} | {'properties':{},'additionalProperties':false}
            {'type':['object','null']} | {'type':['object','null'],'additionalProperties':false}
            {'type':'string','default':{'type':'object'}} | {'type':'string','default':{'type':'object'}}
            {'type':'object','additionalProperties':true} | {'type':'object','additionalProperties':true}
            {'type':'object','additionalProperties':false} | {'type':'object','additionalProperties':false}
            {'enum':[{'type':'object'}]} | {'enum':[{'type':'object'}]}
            {'type':'array','items':{'type':'object'}} | {'type':'array','items':{'type':'object','additionalProperties':false}}
            {'anyOf':[{'type':'object'},true]} | {'anyOf':[{'type':'object','additionalProperties':false},true]}
            {'$defs':{'a':{'type':'object'}}} | {'$defs':{'a':{'type':'object','additionalProperties':false}}}
            """)
    void objectsThatDoNotSaySoAreClosed(String open, String closed) {
        assertThat(ClosedSchema.of(JsonText.parseObject(open.replace('\'', '"'))))
                .isEqualTo(JsonText.parseObject(closed.replace('\'', '"')));
    }

    @ParameterizedTest
    @CsvSource({"type", "items", "additionalProperties"})
    void aMemberThatIsCalledLikeAKeywordIsAMember(String name) {
        assertThat(ClosedSchema.of(JsonText.parseObject(
                "{\"type\":\"object\",\"properties\":{\"" + name + "\":{\"type\":\"object\"}}}")).getJsonObject("properties"))
                .isEqualTo(JsonText.parseObject("{\"" + name + "\":{\"type\":\"object\",\"additionalProperties\":false}}"));
    }
}
