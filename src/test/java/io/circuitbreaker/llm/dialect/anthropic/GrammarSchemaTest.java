package io.circuitbreaker.llm.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarSchemaTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'type':'object'} | {'type':'object','additionalProperties':false}
            {'properties':{}} | {'properties':{},'additionalProperties':false}
            {'type':['object','null']} | {'type':['object','null'],'additionalProperties':false}
            {'type':'string','default':{'type':'object'}} | {'type':'string','default':{'type':'object'}}
            {'type':'object','additionalProperties':true} | {'type':'object','additionalProperties':true}
            {'type':'object','additionalProperties':false} | {'type':'object','additionalProperties':false}
            {'enum':[{'type':'object'}]} | {'enum':[{'type':'object'}]}
            {'type':'array','items':{'type':'object'}} | \
            {'type':'array','items':{'type':'object','additionalProperties':false}}
            {'anyOf':[{'type':'object'},true]} | {'anyOf':[{'type':'object','additionalProperties':false},true]}
            {'$defs':{'a':{'type':'object'}}} | {'$defs':{'a':{'type':'object','additionalProperties':false}}}
            """)
    void objectsThatDoNotSaySoAreClosed(String open, String closed) {
        assertThat(GrammarSchema.of(JsonText.parseObject(open.replace('\'', '"'))))
                .isEqualTo(JsonText.parseObject(closed.replace('\'', '"')));
    }

    @ParameterizedTest
    @CsvSource({"type", "items", "additionalProperties"})
    void aMemberThatIsCalledLikeAKeywordIsAMember(String name) {
        assertThat(GrammarSchema.of(JsonText.parseObject(
                "{\"type\":\"object\",\"properties\":{\"" + name + "\":{\"type\":\"object\"}}}"))
                .getJsonObject("properties"))
                .isEqualTo(JsonText.parseObject("{\"" + name + "\":{\"type\":\"object\",\"additionalProperties\":false}}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'type':'integer','minimum':1,'maximum':9} | {'type':'integer','description':'{\\'minimum\\':1,\\'maximum\\':9}'}
            {'multipleOf':2,'exclusiveMinimum':0,'exclusiveMaximum':9} | \
            {'description':'{\\'multipleOf\\':2,\\'exclusiveMinimum\\':0,\\'exclusiveMaximum\\':9}'}
            {'minLength':1,'maxLength':9,'description':'A name.'} | \
            {'description':'A name.\\n\\n{\\'minLength\\':1,\\'maxLength\\':9}'}
            {'type':'array','minItems':2,'maxItems':3,'uniqueItems':true} | \
            {'type':'array','description':'{\\'minItems\\':2,\\'maxItems\\':3,\\'uniqueItems\\':true}'}
            {'minProperties':1,'maxProperties':2} | {'description':'{\\'minProperties\\':1,\\'maxProperties\\':2}'}
            {'format':'credit-card'} | {'description':'{\\'format\\':\\'credit-card\\'}'}
            {'not':{'type':'object'}} | {'description':'{\\'not\\':{\\'type\\':\\'object\\'}}'}
            {'anyOf':[{'minimum':1}]} | {'anyOf':[{'description':'{\\'minimum\\':1}'}]}
            {'oneOf':[{'type':'null'},{'type':'object'}]} | \
            {'anyOf':[{'type':'null'},{'type':'object','additionalProperties':false}]}
            """)
    void whatAGrammarCannotHoldIsSaidInTheDescription(String given, String written) {
        assertThat(GrammarSchema.of(JsonText.parseObject(given.replace('\'', '"'))))
                .isEqualTo(JsonText.parseObject(written.replace('\'', '"')));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'type':'array','minItems':0}", "{'type':'array','minItems':1}", "{'format':'date-time'}",
        "{'pattern':'^a+$'}", "{'enum':['a'],'const':'a','default':'a','title':'A'}", "{'$ref':'#/$defs/a'}",
        "{'type':'string','default':{'minimum':1}}"})
    void whatAGrammarCanHoldStays(String schema) {
        JsonObject given = JsonText.parseObject(schema.replace('\'', '"'));

        assertThat(GrammarSchema.of(given)).isEqualTo(given);
    }

    @Test
    void membersMayBeCalledLikeAKeyword() {
        JsonObject given = JsonText.parseObject(
                "{\"type\":\"object\",\"properties\":{\"minimum\":{},\"format\":{}},\"additionalProperties\":false}");

        assertThat(GrammarSchema.of(given)).isEqualTo(given);
    }
}
