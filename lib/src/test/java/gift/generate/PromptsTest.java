package gift.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompts as the published code draws them, of files and of lists. */
class PromptsTest {
    private static final List<String> ORDER_I = List.of("Aircraft", "Caltech101", "CIFAR100", "DTD", "EuroSAT", "Flowers",
            "Food", "MNIST", "OxfordPet", "StanfordCars", "SUN397");
    private static final List<String> ORDER_II = List.of("StanfordCars", "Food", "MNIST", "OxfordPet", "Flowers", "SUN397",
            "Aircraft", "Caltech101", "DTD", "EuroSAT", "CIFAR100");

    @TempDir
    Path folder;

    private GenerationPlan plan(String settings) {
        return Json.with("plan", Json.parse("plan", "{" + settings + "}"), GenerationPlan.class, GenerationPlan.DEFAULT);
    }

    /** Hashes of the prompts of each task, joined by line ends. */
    private List<String> hashes(String settings, List<String> tasks) {
        String names = tasks.stream().map(task -> '"' + task + '"').collect(Collectors.joining(", "));
        GenerationPlan plan = plan(settings + ", \"tasks\": [" + names + "]");
        Prompts prompts = new Prompts(plan, folder);
        return IntStream.range(0, tasks.size()).mapToObj(t -> Hashes.sha256(IntStream.range(0, plan.images())
                .mapToObj(j -> prompts.text(t, j)).collect(Collectors.joining("\n")).getBytes(StandardCharsets.UTF_8))).toList();
    }

    private static List<Integer> draws(long seed, int n, int count) {
        PythonRandom random = new PythonRandom(seed);
        return IntStream.range(0, count).mapToObj(i -> random.below(n)).toList();
    }

    /** Step k draws from the generic pool and the classes of the steps before it, in the order of learning. */
    @Test
    void promptsOfAClassIncrementalPlan() throws IOException {
        String settings = """
                {"model": "sd", "data": "mini", "generic": "generic", "classes_of": "digits", %s
                 "scenario": {"class_incremental": {"initial": 4, "increment": 4, "order": [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]}}}
                """;
        Path file = Files.writeString(folder.resolve("plan.json"), settings.formatted(""));
        GenerationPlan plan = GenerationPlan.read(file);
        assertThat(plan.tasks()).containsExactly("classes_1-4", "classes_5-8", "classes_9-10");
        Map<String, List<String>> pools = plan.pools(folder);
        int generic = pools.get("generic").size();
        assertThat(plan.poolOf(0, pools)).hasSize(generic);
        assertThat(plan.poolOf(1, pools)).hasSize(generic + 4).endsWith("a photo of a number nine.", "a photo of a number eight.",
                "a photo of a number seven.", "a photo of a number six.");
        assertThat(plan.poolOf(2, pools)).hasSize(generic + 8);
        Files.writeString(file, settings.formatted("\"tasks\": [\"digits\"],"));
        assertThatThrownBy(() -> GenerationPlan.read(file)).isInstanceOf(InputException.class)
                .hasMessageContaining("tasks are the steps of the scenario: leave them out");
        assertThatThrownBy(() -> plan("\"classes_of\": \"CIFAR100\"")).isInstanceOf(InputException.class)
                .hasMessageContaining("classes_of and scenario go together");
    }

    /** Values of Python 3.11: {@code random.seed(s); [random.choice(range(n)) for _ in range(count)]}. */
    @Test
    void pythonsChoice() {
        assertThat(draws(42, 1000, 12)).containsExactly(654, 114, 25, 759, 281, 250, 228, 142, 754, 104, 692, 758);
        assertThat(draws(0, 7, 12)).containsExactly(6, 3, 6, 3, 0, 2, 4, 3, 3, 6, 6, 2);
        assertThat(draws(-5, 100, 6)).containsExactly(79, 32, 94, 45, 88, 94);
        assertThat(draws((1L << 40) + 17, 1801, 6)).containsExactly(1354, 1565, 494, 937, 1415, 1544);
        PythonRandom random = new PythonRandom(1);
        assertThat(List.of(random.below(1), random.below(1))).containsExactly(0, 0);
        assertThat(IntStream.range(0, 8).map(i -> random.below(2))).containsExactly(1, 0, 1, 1, 1, 1, 0, 0);
        assertThat(random.below(Integer.MAX_VALUE)).isEqualTo(1047664193);
    }

    /** SHA-256 of the texts of the published lists, the first 1,000 rows of every task, joined by line ends. */
    @Test
    void thePublishedListsComeOutRowForRow() {
        assertThat(hashes("\"draw\": \"python\", \"list_rows\": 10000", ORDER_I)).containsExactly(
                "9a4f31978e1021a58a51de2a2283d8ead88f9549de3931c6171949c4ef3169c2",
                "2674ca6ce2b092f2a0317fd17a765ff07d8dc8819819399178fc046e190781f6",
                "3f7e755bae048c5bbe5c428f92ece0f989990b6e7ee19b96cfa2b34dd32b679a",
                "79ac0e0cdce8e37cfe0afd1a12488b48d9096cf19d74791a681f98704cd4825b",
                "c1941a0796da87a68da65bf70e70617df5ba81980495a49699a8fdd7bb36e708",
                "6b2b1d56c67480314e7f0fca8e097bcaa15a96dafc3cef826d814ab02a65bb0e",
                "c6867f8dd6abe3128543d111cbfff8f490bc73973949901e957afa7819d768a4",
                "a441af500533fc302acf96e59d3851fd151e9eee61b1f1d841d9f338a920dce4",
                "7b1a821ab826693776cf72a5a4593ea4ec4c3a50f752023d00a2514688b29a8f",
                "d5e49abed2d37b505b700cea751410e1169a25bb45e033c3cdef582c51fbf1b8",
                "323f86cfea9be7c093cd14ba692a7143a0fea33efdf595fa494956dbced0b31a");
        assertThat(hashes("\"draw\": \"python\"", ORDER_II)).containsExactly(
                "9a4f31978e1021a58a51de2a2283d8ead88f9549de3931c6171949c4ef3169c2",
                "2a1525fc220ee8a27038c1cda945cac19518e295d9e03b66fb51cf7e9ed03b96",
                "84118d4e15b48ca7148b3a2862f07bd59ca96b29211f23a89dabbc388a99ec8e",
                "5a05b2cf3fe42338ac4df32804207764b538bce0f3c7635d3e046b3a3b986680",
                "292d00c0b2754f3ed629e7e3c19097bfa0f8329606e3d2fd707bd7b790150e50",
                "ca2b8e60d2fd6a4c3695315ba4f6157a8ae9df06b601f783cbdc3c22ed0c611f",
                "b4fc435c8e733538a0de4e968f96fd7247e3b740bd6c7a25e837ad01038fa1c9",
                "ce658f0bf9ff81691a43e1dd1fd4f0e2c1070b8f63f324e24513731ec1100f1a",
                "90fe81999083586676210c1f99e5d1823ba8047fedbb40fd2a45baee5a2c6948",
                "76f230393c6ef17cd5e5e16dade05a14a64d16f3a2594f0e08814ec7865ae613",
                "3c24e59bf1d598c9bd405c2f97a4f970c9bb83af6e9a69f8bfcfa72cbfe9c3fe");
    }

    @Test
    void rowsOfAListAreThePromptsOfImages() throws IOException {
        Path csv = Files.createDirectories(folder.resolve("lists/MNIST_Syn")).resolve("image_text.csv");
        Files.writeString(csv, "image,text\n./syn/0.jpeg,a photo of a tench.\n./syn/1.jpeg,\"a photo of a 707-320, an aircraft.\"\n"
                + "./syn/2.jpeg,a photo of a tench.\n");
        GenerationPlan plan = plan("\"tasks\": [\"MNIST\"], \"images\": 2, \"lists\": \"lists\"");
        Prompts prompts = new Prompts(plan, folder);
        assertThat(prompts.text(0, 1)).isEqualTo("a photo of a 707-320, an aircraft.");
        assertThat(prompts.isGeneric(0, 0)).isTrue();
        assertThat(prompts.isGeneric(0, 1)).isFalse();
        refused("\"tasks\": [\"MNIST\"], \"images\": 4, \"lists\": \"lists\"", "has 3 rows", "4 images");
        refused("\"tasks\": [\"MNIST\"], \"images\": 2, \"lists\": \"lists\", \"output\": \"lists\"", "same folder");
        Files.writeString(csv, "image,text\n1.jpeg,a\n0.jpeg,b\n");
        refused("\"tasks\": [\"MNIST\"], \"images\": 2, \"lists\": \"lists\"", "row 1", "1.jpeg", "expected 0.jpeg");
        refused("\"list_rows\": 5", "list_rows 5 goes with");
        refused("\"draw\": \"python\", \"list_rows\": 5", "at least images");
    }

    private void refused(String settings, String... words) {
        assertThatThrownBy(() -> new Prompts(plan(settings), folder)).isInstanceOf(InputException.class)
                .hasMessageContainingAll(words);
    }

    private List<String> pool(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
        return plan("\"generic\": \"own\", \"prompts\": {\"own\": \"" + name + "\"}").pools(folder).get("own");
    }

    @Test
    void filesOfPromptsAreLookedAt() throws IOException {
        assertThat(pool("a.txt", "a red house\n\na photo of a 707-320, a type of aircraft.\n"))
                .containsExactly("a red house", "a photo of a 707-320, a type of aircraft.");
        assertThat(pool("b.txt", "\ufeffa red house\n")).containsExactly("a red house");
        assertThat(pool("image_text.csv", "image,text\n0.jpeg,\"a cat, sitting\"\n1.jpeg,a dog\n"))
                .containsExactly("a cat, sitting", "a dog");
        assertThat(pool("c.txt", "\ufeffimage,text\r\n0.jpeg,a cat\r\n")).containsExactly("a cat");
        assertThat(pool("d.txt", "text\na cat\n")).containsExactly("a cat");
        for (String[] bad : new String[][] {
            {"e.csv", "0.jpeg,a cat\n", "header with one column text"},
            {"f.txt", "0.jpeg,a cat\n", "line 1", "looks like a row of a table"},
            {"g.txt", "a cat\n\"a dog, sitting\"\n", "line 2"},
            {"h.txt", "image,text\n0.jpeg,a cat, sitting\n", "row 1", "3 cells for 2 columns"},
            {"i.txt", "text\n", "holds no prompt"},
        }) {
            assertThatThrownBy(() -> pool(bad[0], bad[1])).isInstanceOf(InputException.class)
                    .hasMessageContainingAll(Arrays.copyOfRange(bad, 2, bad.length));
        }
    }
}
