package gift.data.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.ClassNames;
import gift.data.catalog.Catalog.Item;
import gift.data.catalog.Catalog.Kind;
import gift.data.catalog.Catalog.Remote;
import gift.data.readers.Datasets;
import gift.data.sample.SampleFiles;
import gift.data.sample.TrueLayouts;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.io.download.Download;
import gift.io.download.FlakyServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
    @TempDir
    Path folder;

    private final FlakyServer server = new FlakyServer();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        server.close();
    }

    // ---- the shipped one

    @Test
    void theShippedCatalogKnowsEverySetAndItsCounts() {
        Catalog catalog = Catalog.read(Path.of("../data/catalog.json"));
        List<String> sets = new ArrayList<>(Datasets.names());
        sets.removeAll(List.of("ImageFolder", "ImageNetSM"));
        sets.addAll(Datasets.pairNames());
        assertThat(catalog.items().entrySet().stream().filter(e -> e.getValue().kind() == Kind.DATA_SET).map(Map.Entry::getKey))
                .containsExactlyInAnyOrderElementsOf(sets);
        assertThat(catalog.groups().get("mtil")).hasSize(11);
        catalog.groups().get("mtil").forEach(name ->
                assertThat(catalog.items().get(name).counts().classes()).isEqualTo(ClassNames.of(name).names().size()));
        assertThat(catalog.items().get("SUN397").counts()).isEqualTo(new Catalog.Counts(397, 87003, 21751));
        catalog.items().forEach((name, item) -> {
            assertThat(item.licence()).as(name).isNotBlank();
            assertThat(item.cite()).as(name).matches(".*(19|20)\\d\\d");
            assertThat(URI.create(item.home()).getHost()).as(name).isNotNull();
            assertThat(item.isThere(folder)).as(name).isFalse();
            assertThat(item.files().isEmpty() && item.byHand().isEmpty()).as(name).isFalse();
            item.files().forEach(file -> assertThat(file.addresses()).as(name).allMatch(a -> a.getScheme().startsWith("http")));
        });
        Remote clip = catalog.items().get("CLIP-ViT-B-16").files().get(0);
        assertThat(clip.addresses().get(0).toString()).contains(clip.stated().hex()); // OpenAI's way of stating it
    }

    // ---- small ones

    private static byte[] zip(String... namesAndContents) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                zip.putNextEntry(new ZipEntry(namesAndContents[i]));
                zip.write(namesAndContents[i + 1].getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private Catalog catalog(String item) {
        return Catalog.read(SampleFiles.text(folder.resolve("catalog.json"),
                "{\"about\": \"\", \"groups\": {\"all\": [\"X\"]}, \"items\": {\"X\": " + item.replace('\'', '"') + "}}"));
    }

    private String file(String path, String more) {
        return "{'addresses': '" + server.uri(path) + "'" + more + "}";
    }

    private Item item(String files, String more) {
        return catalog("{'kind': 'weights', 'home': 'http://x', 'licence': 'MIT', 'cite': 'A 2020', 'folder': 'x', 'files': ["
                + files + "]" + more + "}").items().get("X");
    }

    private List<String> get(Item item, Map<String, String> environment) {
        Download download = new Download(new Download.Settings(2, Duration.ofMillis(1), Duration.ofSeconds(60)));
        return new CatalogStore(folder.resolve("root"), new Caches(environment, folder.resolve("home")), download, false, log::add)
                .get(Map.of("X", item));
    }

    private List<String> get(Item item) {
        return get(item, Map.of());
    }

    private Path root(String path) {
        return folder.resolve("root").resolve(path);
    }

    private static String checksum(byte[] content) {
        return ", 'checksum': 'sha256:" + Hashes.sha256(content) + "', 'stated_by': 'us'";
    }

    @Test
    void anArchiveIsFetchedUnpackedAndForgotten() {
        byte[] archive = zip("a/1.txt", "one", "a/2.txt", "two");
        server.file("/x.zip", archive);
        Item item = item(file("/x.zip", checksum(archive) + ", 'size': " + archive.length
                + ", 'unpack': true, 'there': 'a/1.txt'"), "");
        assertThat(get(item)).isEmpty();
        assertThat(root("x/a/2.txt")).hasContent("two");
        assertThat(root("downloads/X/x.zip")).doesNotExist();
        assertThat(get(item)).isEmpty();
        assertThat(server.requests).containsExactly("/x.zip");
        assertThat(log).last().isEqualTo("X: there");
    }

    @Test
    void archivesWithinArchives() {
        String inner = new String(zip("b/1.txt", "one"), StandardCharsets.ISO_8859_1);
        server.file("/x.zip", zip("a/inner.zip", inner));
        assertThat(get(item(file("/x.zip", ", 'unpack': true, 'inner': 'a/inner.zip', 'there': 'a/b'"), ""))).isEmpty();
        assertThat(root("x/a/b/1.txt")).hasContent("one");
        assertThat(root("x/a/inner.zip")).doesNotExist();
    }

    @Test
    void aHostileArchiveLeavesNothing() {
        server.file("/x.zip", zip("a/1.txt", "one", "../evil", "x"));
        assertThat(get(item(file("/x.zip", ", 'unpack': true, 'there': 'a'"), ""))).singleElement().asString()
                .contains("../evil").doesNotContain("\n");
        assertThat(root("x/a")).doesNotExist();
        assertThat(root("evil")).doesNotExist();
    }

    @Test
    void whatNobodyStatesIsRecordedAndCompared() throws IOException {
        server.file("/w.bin", "abc".getBytes(StandardCharsets.UTF_8));
        Item item = item(file("/w.bin", ""), "");
        assertThat(get(item)).isEmpty();
        assertThat(log).anyMatch(line -> line.contains("nobody states a checksum; sha256:ba7816bf"));
        CatalogCheck check = new CatalogCheck(folder.resolve("root"));
        assertThat(check.problems("X", item, false)).isEmpty();
        Files.writeString(root("x/w.bin"), "abd");
        assertThat(check.problems("X", item, false)).singleElement().asString().contains("differs from the file");
        Files.delete(root("x/w.bin"));
        assertThat(check.problems("X", item, false)).singleElement().asString().contains("no file", "gift data get X");
        server.file("/v.bin", new byte[1]);
        String entry = Json.tree(root("downloads/record.json")).toString().replace("/w.bin", "/v.bin");
        SampleFiles.text(root("downloads/record.json"), entry);
        assertThat(get(item(file("/v.bin", ""), ""))).singleElement().asString().contains("differs from the file", "delete it");
    }

    @Test
    void aFilePutThereByHand() {
        byte[] archive = zip("a", "one");
        Item item = item(file("/x.zip", checksum(archive) + ", 'unpack': true, 'there': 'a'"), ", 'by_hand': 'ask a friend'");
        assertThat(get(item)).singleElement().asString().startsWith("X: " + server.uri("/x.zip")).contains("404",
                "ask a friend", "put it at " + root("downloads/X/x.zip")).doesNotContain("\n");
        SampleFiles.bytes(root("downloads/X/x.zip"), archive);
        assertThat(get(item)).isEmpty();
        assertThat(root("x/a")).hasContent("one");
        assertThat(server.requests).isEmpty(); // the server has no such path at all
        Item other = item(file("/y.zip", checksum(new byte[0]) + ", 'unpack': true, 'there': 'b'"), "");
        SampleFiles.bytes(root("downloads/X/y.zip"), archive);
        assertThat(get(other)).singleElement().asString().contains("not the file that is meant", "us states");
    }

    @Test
    void theNextAddressServes() {
        server.file("/copy/w.bin", new byte[] {1, 2});
        String both = "{'addresses': ['" + server.uri("/gone/w.bin") + "', '" + server.uri("/copy/w.bin") + "']}";
        assertThat(get(item(both, ""))).isEmpty();
        assertThat(root("x/w.bin")).hasBinaryContent(new byte[] {1, 2});
        String none = "{'addresses': ['" + server.uri("/gone/v.bin") + "', '" + server.uri("/gone/too/v.bin") + "']}";
        assertThat(get(item(none, ""))).singleElement().asString().contains("404", "nor could 127.0.0.1 give it");
    }

    @Test
    void cachesOfOthersAreLookedIntoFirst() {
        byte[] weights = {5, 6, 7};
        String hub = "models--o--n/snapshots/r1/unet/w.bin";
        String address = "{'addresses': 'https://huggingface.co/o/n/resolve/main/unet/w.bin', 'to': 'unet/w.bin'"
                + checksum(weights) + "}";
        Item item = item(address, "");
        SampleFiles.bytes(folder.resolve("hf/hub/models--o--n/snapshots/r0/unet/w.bin"), new byte[3]); // another version
        SampleFiles.bytes(folder.resolve("hf/hub").resolve(hub), weights);
        assertThat(get(item, Map.of("HF_HOME", folder.resolve("hf").toString()))).isEmpty();
        assertThat(root("x/unet/w.bin")).hasBinaryContent(weights);
        assertThat(log).anyMatch(line -> line.contains("taken from " + folder.resolve("hf/hub").resolve(hub)));

        Item torch = item(file("/t.pt", checksum(weights)), "");
        SampleFiles.bytes(folder.resolve("torch/hub/checkpoints/t.pt"), weights);
        assertThat(get(torch, Map.of("TORCH_HOME", folder.resolve("torch").toString()))).isEmpty();
        assertThat(root("x/t.pt")).hasBinaryContent(weights);
        Item clip = item(file("/c.pt", checksum(weights)), "");
        SampleFiles.bytes(folder.resolve("home/.cache/clip/c.pt"), weights);
        assertThat(get(clip)).isEmpty();
        assertThat(server.requests).isEmpty();
        Item unstated = item(file("/u.pt", ""), ""); // a name alone proves nothing
        SampleFiles.bytes(folder.resolve("home/.cache/clip/u.pt"), weights);
        assertThat(get(unstated)).singleElement().asString().contains("404");
    }

    @Test
    void whatNoProgramMayFetch() {
        Item item = item("", ", 'there': 'data', 'by_hand': 'register there'");
        assertThat(get(item)).singleElement().isEqualTo("X cannot be fetched by a program: register there (http://x)");
        SampleFiles.bytes(root("x/data"), new byte[0]);
        assertThat(get(item)).isEmpty();
    }

    @Test
    void namesAndMistakes() {
        Catalog catalog = catalog("{'kind': 'weights', 'home': 'http://x', 'licence': 'MIT', 'cite': 'A 2020'}");
        assertThat(catalog.wanted(List.of("all", "X"))).containsOnlyKeys("X");
        assertThatThrownBy(() -> catalog.wanted(List.of("al"))).isInstanceOf(InputException.class).hasMessageContaining("'all'");
        assertThatThrownBy(() -> item(file("/x.zip", ", 'unpack': true"), "")).hasMessageContainingAll("x.zip", "there");
        assertThatThrownBy(() -> item(file("/x", ", 'checksum': 'sha256:1', 'stated_by': 'us'"), "")).hasMessageContaining("no checksum");
        assertThatThrownBy(() -> item(file("/x", ", 'stated_by': 'us'"), "")).hasMessageContaining("stated_by");
        assertThatThrownBy(() -> item("{'addresses': 'ftp://x/y'}", "")).hasMessageContaining("ftp://x/y");
        assertThatThrownBy(() -> item("{'addresses': []}", "")).hasMessageContaining("without an address");
        assertThatThrownBy(() -> item("", ", 'licens': 'x'")).hasMessageContainingAll("licens", "licence");
    }

    @Test
    void countsOfADataSet() {
        TrueLayouts.folders(folder.resolve("root/2750"), ClassNames.of("EuroSAT").folders(), 2);
        Item item = item("", ", 'there': '2750', 'by_hand': 'x', 'counts': {'classes': 10, 'train': 16, 'test': 5}");
        Item data = new Item(Kind.DATA_SET, item.home(), item.licence(), item.cite(), "", List.of(), "2750", item.counts(), "x");
        CatalogCheck check = new CatalogCheck(folder.resolve("root"));
        assertThat(check.problems("EuroSAT", data, false)).containsExactly("EuroSAT: 4 test images, published are 5");
        assertThat(check.problems("DTD", data, false)).singleElement().asString().contains("DTD: no labels");
    }
}
