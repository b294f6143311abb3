package io.circuitbreaker.llm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTest {

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com/a.png", "gs://bucket/a.pdf",
            "https://example.com/?u=data:image/png;base64,AA",
            "datum:image/png;base64,AA", "dat", ""})
    void anythingButADataUriIsALink(String url) {
        assertThat(Media.ofUrl(url)).isEqualTo(new Media.Link(url));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"data:image/png;base64,iVBORw0=|image/png|iVBORw0=",
            "DATA:image/PNG;BASE64,iVBORw0=|image/png|iVBORw0=", "data:image/jpg;base64,AA|image/jpeg|AA",
            "data:text/plain;charset=utf-8;base64,YQ==|text/plain|YQ==",
            "data:application/pdf;base64,|application/pdf|''",
            "data:image/png;base64,AA,BB|image/png|AA,BB"})
    void dataUriIsInline(String url, String mimeType, String base64) {
        assertThat(Media.ofUrl(url)).isEqualTo(new Media.Inline(mimeType, base64));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data:", "data:,", "data:image/png", "data:image/png,AA", "data:image/png;base64",
            "data:image/png;base64;x=y,AA", "data:base64,AA"})
    void dataUriThatIsNotBase64IsRefused(String url) {
        assertThatThrownBy(() -> Media.ofUrl(url)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a data URI must have the form data:<media type>;base64,<data>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data:;base64,AA", "data:;charset=utf-8;base64,AA"})
    void dataUriWithoutAMediaTypeIsRefused(String url) {
        assertThatThrownBy(() -> Media.ofUrl(url)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a data URI must name its media type: data:<media type>;base64,<data>");
    }
}
