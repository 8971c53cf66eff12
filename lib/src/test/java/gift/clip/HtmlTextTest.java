package gift.clip;

import static org.assertj.core.api.Assertions.assertThat;

import gift.io.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected values are those of Python 3.11's {@code html.unescape}. */
class HtmlTextTest {
    @ParameterizedTest
    @CsvSource({
        "&lt;b&gt;, <b>", "&amp;lt;, &lt;", "&notit;, ¬it;", "&notin;, ∉", "&ampersand, &ersand", "&amp&amp, &&",
        "&eacute, é", "&Eacute;t&eacute;, Été", "&CounterClockwiseContourIntegral;, ∳", "&fjlig;, fj",
        "&hearts, &hearts", "&nosuch;, &nosuch;", "&;, &;", "& x, & x", "a&b, a&b", "&#65;&#x42;&#X43;, ABC",
        "&#65 &#x42g, A Bg", "&#128;&#x99;, €™", "&#0;&#xD800;&#1114112;&#99999999999999999999;, \ufffd\ufffd\ufffd\ufffd",
        "&#1;&#11;&#127;&#xFFFE;&#x1FFFF;&#xFDD0;|, |", "&#x1F600;, 😀", "&#;&#x;, &#;&#x;", "&lt&#59, <;"
    })
    void asPython(String text, String expected) {
        assertThat(HtmlText.unescape(text)).isEqualTo(expected);
    }

    @Test
    void everyNumberAsPython() {
        String all = IntStream.rangeClosed(0, 0x110000)
                .mapToObj(c -> HtmlText.unescape("&#" + c + ";"))
                .collect(Collectors.joining());
        assertThat(Hashes.sha256(all.getBytes(StandardCharsets.UTF_8))).isEqualTo("aad4385b9507af33c4730fe6acd8c4f307d16db6b225f9d75843e9bc4b63dab8");
    }
}
