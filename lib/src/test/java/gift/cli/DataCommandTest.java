package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.data.catalog.FlakyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {
    @TempDir
    Path folder;

    private Terminal data(Object... arguments) {
        Object[] all = new Object[arguments.length + 3];
        all[0] = "data";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--data";
        all[arguments.length + 2] = folder.resolve("root");
        return Terminal.run(all);
    }

    @Test
    void theShippedCatalog() {
        Terminal list = data("list", "--catalog", "../data/catalog.json");
        assertThat(list.code()).isZero();
        assertThat(list.out()).containsPattern("DTD +625\\.2 MB +missing +research purposes")
                .containsPattern("ImageNet +\\? +by hand").contains("mtil: Aircraft, Caltech101");
        assertThat(data("path").out()).isEqualToIgnoringNewLines(folder.resolve("root").toString());
        assertThat(data("path", "DTD", "--catalog", "../data/catalog.json").out()).contains(folder.resolve("root/dtd").toString());
        Terminal check = data("check", "DTD", "--catalog", "../data/catalog.json");
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.out()).contains("DTD: no folder").hasLineCount(1);
        Terminal unknown = data("get", "DTT", "--catalog", "../data/catalog.json");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("'DTT'", "'DTD'").hasLineCount(1);
        assertThat(data("get", "DTD", "--catalog", folder.resolve("none.json")).err()).contains("no file").hasLineCount(1);
    }

    @Test
    void getAndCheck() throws IOException {
        Path catalog = folder.resolve("catalog.json");
        try (FlakyServer server = new FlakyServer()) {
            server.file("/w.pt", new byte[] {1, 2, 3});
            Files.writeString(catalog, """
                    {"about": "", "groups": {}, "items": {
                      "W": {"kind": "weights", "home": "http://x", "licence": "MIT", "cite": "A 2020",
                            "files": [{"addresses": "%s", "size": 3}]},
                      "V": {"kind": "weights", "home": "http://x", "licence": "MIT", "cite": "A 2020",
                            "files": [{"addresses": "%s"}], "by_hand": "look there"}}}
                    """.formatted(server.uri("/w.pt"), server.uri("/v.pt")));
            Terminal get = data("get", "W", "V", "--catalog", catalog);
            assertThat(get.code()).isEqualTo(2);
            assertThat(get.out()).contains("W: MIT; cite A 2020", "W: w.pt fetched");
            assertThat(get.err()).contains("gift: V: ", "404", "look there").hasLineCount(1);
        }
        assertThat(data("check", "W", "--catalog", catalog).out()).isEqualToIgnoringNewLines("W: sound");
    }
}
