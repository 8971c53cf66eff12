package gift.mini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.ImageDataset;
import gift.data.Task;
import gift.image.Image;
import gift.io.Hashes;
import gift.io.InputException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorldTest {
    private static final int GOLDEN = 3; // images of every concept

    /** Beginnings of the SHA-256 of the first images of all concepts of a family; the same on every machine. */
    private static final Map<String, String> WEB = Map.ofEntries(
            Map.entry("AIRCRAFT", "74e4b3b4812f"), Map.entry("OBJECTS", "cf0fd92f2133"), Map.entry("TEXTURES", "e7c3b1da0ee2"),
            Map.entry("LAND", "ff4bcb057fc4"),
            Map.entry("FLOWERS", "cfc675de45c1"), Map.entry("FOOD", "26ad28f76985"), Map.entry("DIGITS", "c569bfe7d684"),
            Map.entry("PETS", "719cbbf74637"),
            Map.entry("LETTERS", "1aa46b8ec00c"), Map.entry("THINGS", "a6bd4a2a879d"), Map.entry("SHAPES", "49caa8d50dfe"));

    private static final Map<String, String> TASKS = Map.ofEntries(
            Map.entry("aircraft", "3609685fe65d"), Map.entry("objects", "0fdbb9864d25"), Map.entry("textures", "2d7c8ec1416a"),
            Map.entry("land", "08111f852916"),
            Map.entry("flowers", "e1fda3d0e0e2"), Map.entry("food", "e4183f4aa408"), Map.entry("digits", "0cee454dab7a"),
            Map.entry("pets", "02881df30eb5"));

    private static final String CAPTIONS = "adfd09397e6a";

    private static String hash(List<Image> images) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        images.forEach(image -> bytes.writeBytes(image.rgb()));
        return Hashes.sha256(bytes.toByteArray()).substring(0, 12);
    }

    @Test
    void theWebIsTheSameEverywhere() {
        Map<String, String> found = new HashMap<>();
        for (Concept.Family family : Concept.Family.values()) {
            List<Image> images = World.concepts().stream().filter(c -> c.family() == family)
                    .flatMap(c -> IntStream.range(0, GOLDEN).mapToObj(i -> Web.image(c, i))).toList();
            found.put(family.name(), hash(images));
        }
        assertThat(found).isEqualTo(WEB);
    }

    @Test
    void theTasksAreTheSameEverywhere() {
        Map<String, String> found = new HashMap<>();
        for (String name : World.tasks()) {
            ImageDataset test = World.open(name).test().firstPerClass(GOLDEN);
            found.put(name, hash(IntStream.range(0, test.size()).mapToObj(test::image).toList()));
        }
        assertThat(found).isEqualTo(TASKS);
    }

    @Test
    void captions() {
        WorldDataset web = World.captioned(World.WEB);
        Map<String, Integer> wordings = new HashMap<>();
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 20 * web.classNames().size(); i++) {
            String caption = web.text(i);
            String name = web.classNames().get(web.label(i));
            assertThat(caption).contains(name).endsWith(".");
            wordings.merge(caption.replace(name, "{}").replaceAll("red|green|blue|yellow|orange|purple|pink|brown|black|white|gray|cyan", "C"),
                    1, Integer::sum);
            all.append(caption).append('\n');
        }
        assertThat(wordings.get(World.TEMPLATE)).isGreaterThan(20 * web.classNames().size() * 3 / 10);
        assertThat(wordings).containsKeys("a C {} on a C background.", "a photo of a C {}.", "a drawing of a {}.", "this is a {}.",
                "a big {}.", "a small {}.", "a picture of a {}.");
        assertThat(Hashes.sha256(all.toString().getBytes(StandardCharsets.UTF_8)).substring(0, 12)).isEqualTo(CAPTIONS);
    }

    @Test
    void conceptsAreManyAndDistinct() {
        List<String> names = World.concepts().stream().map(Concept::name).toList();
        assertThat(names).hasSizeGreaterThanOrEqualTo(120).doesNotHaveDuplicates();
        assertThat(World.genericConcepts()).hasSize(50);
        Set<String> inTasks = World.tasks().stream().flatMap(t -> World.open(t).classNames().stream()).collect(Collectors.toSet());
        assertThat(World.genericConcepts()).noneMatch(c -> inTasks.contains(c.name()));
        assertThat(inTasks.size() + World.genericConcepts().size()).isEqualTo(names.size());
        assertThat(World.tasks()).hasSize(8);
    }

    static List<String> names() {
        return World.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void trainingAndTestShareNoImage(String name) {
        Task task = World.open(name);
        ImageDataset train = task.train().firstPerClass(12);
        ImageDataset test = task.test().firstPerClass(12);
        Set<String> seen = new HashSet<>();
        for (ImageDataset data : List.of(train, test)) {
            for (int i = 0; i < data.size(); i++) {
                Image image = data.image(i);
                assertThat(image.width()).isEqualTo(32);
                assertThat(image.height()).isEqualTo(32);
                assertThat(seen.add(hash(List.of(image)))).as(data.source(i)).isTrue();
            }
        }
        Map<Integer, Integer> counts = new LinkedHashMap<>();
        for (int label : task.test().labels()) {
            counts.merge(label, 1, Integer::sum);
        }
        assertThat(counts).hasSize(task.classNames().size());
        assertThat(new HashSet<>(counts.values())).hasSize(1);
        assertThat(task.trainingPrompts().get(0)).isEqualTo("a photo of a " + task.classNames().get(0) + ".");
    }

    @Test
    void anImageDependsOnNothingDrawnBefore() {
        Concept land = World.concepts().stream().filter(concept -> concept.family() == Concept.Family.LAND).findFirst().orElseThrow();
        byte[] first = Styles.image(land, 17).rgb();
        Styles.image(land, 3);
        assertThat(Styles.image(land, 17).rgb()).isEqualTo(first);
        assertThat(World.captioned(World.WEB).image(5).rgb()).isEqualTo(World.open(World.WEB).train().image(5).rgb());
    }

    @Test
    void allShareTheImagesThatArePainted() {
        assertThat(World.open("land").train()).isSameAs(World.open("land").train());
        assertThat(World.open("land").train().image(17)).isSameAs(World.open("land").train().image(17));
        assertThat(World.openForValidation("land").test()).isNotSameAs(World.open("land").test());
        assertThat(World.openForValidation("land").train()).isSameAs(World.open("land").train());
    }

    @Test
    void unknownNames() {
        assertThatThrownBy(() -> World.open("digit")).isInstanceOf(InputException.class).hasMessageContaining("'digits'");
        assertThatThrownBy(() -> World.captioned("digits")).isInstanceOf(InputException.class);
    }

    @Test
    void threeThousandImagesASecond() {
        ImageDataset web = World.open(World.WEB).train();
        for (int i = 0; i < 2000; i++) { // until the code is compiled; every image anew, since those painted are kept
            web.image(i);
        }
        double best = 0;
        for (int round = 0; round < 5; round++) { // the best of a few: other work on the machine only slows it down
            long begin = System.nanoTime();
            for (int i = 0; i < 680; i++) {
                web.image(2000 + 680 * round + i);
            }
            best = Math.max(best, 680 / ((System.nanoTime() - begin) / 1e9));
        }
        System.out.printf(Locale.ROOT, "%.0f images of the web a second%n", best);
        assertThat(best).isGreaterThan(1000); // 3,000 on a free core; this bound holds on a busy one
    }
}
