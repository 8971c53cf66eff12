package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import gift.data.PairDataset;
import gift.data.PairFolder;
import gift.diffusion.TinyDiffusion;
import gift.generate.BatchWork;
import gift.generate.Generation;
import gift.generate.GenerationPlan;
import gift.io.Hashes;
import gift.io.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generator: complete, repeatable, and indifferent to being killed. */
class GenerateTest {
    private static final List<String> TASKS = List.of("own", "MNIST", "EuroSAT");

    @TempDir
    Path folder;

    private Path plan;

    @BeforeEach
    void make() throws IOException {
        TinyDiffusion.write(folder.resolve("sd"));
        Files.writeString(folder.resolve("own.txt"), "a red house\n\na green tree\n");
        plan = Files.writeString(folder.resolve("plan.json"), """
                {"model": "sd", "generic": "CIFAR10", "tasks": ["own", "MNIST", "EuroSAT"], "prompts": {"own": "own.txt"},
                 "images": 10, "seed": 7, "output": "set", "device": "cpu",
                 "sampling": {"steps": 3, "width": 32, "height": 32, "batch": 4}}
                """);
    }

    private Path planOf(String output, String... changes) throws IOException {
        String text = Files.readString(plan).replace("\"set\"", "\"" + output + "\"");
        for (int i = 0; i < changes.length; i += 2) {
            assertThat(text).contains(changes[i]);
            text = text.replace(changes[i], changes[i + 1]);
        }
        return Files.writeString(folder.resolve(output + ".json"), text);
    }

    private void generate(Object... arguments) {
        Terminal terminal = Terminal.run(Stream.concat(Stream.of("generate"), Stream.of(arguments)).toArray());
        assertThat(terminal.err()).isEmpty();
        assertThat(terminal.code()).isZero();
    }

    /** Names of all files below, with their hashes; the plan's own file left out. */
    private Map<String, String> content(String output) throws IOException {
        Path root = folder.resolve(output);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).collect(Collectors.toMap(
                    file -> root.relativize(file).toString(), Hashes::sha256, (a, b) -> a, TreeMap::new));
        }
    }

    /** Every image, its line in the manifest and its row in the table, and nothing else. */
    private void requireComplete(String output, int images, GenerationPlan settings) throws IOException {
        TreeSet<String> expected = new TreeSet<>(List.of("plan.json"));
        for (int t = 0; t < TASKS.size(); t++) {
            Path task = PairFolder.of(folder.resolve(output), TASKS.get(t));
            String name = task.getFileName() + "/";
            expected.addAll(List.of(name + "manifest.jsonl", name + "image_text.csv"));
            List<String> lines = Files.readAllLines(task.resolve("manifest.jsonl"));
            PairDataset pairs = PairDataset.read(task);
            assertThat(lines).hasSize(images);
            assertThat(pairs.size()).isEqualTo(images);
            for (int j = 0; j < images; j++) {
                expected.add(name + j + ".jpeg");
                JsonNode line = Json.parse("line", lines.get(j));
                assertThat(line.get("file").asText()).isEqualTo(j + ".jpeg");
                assertThat(line.get("sha256").asText()).isEqualTo(Hashes.sha256(task.resolve(j + ".jpeg")));
                JsonNode origin = line.get("origin");
                assertThat(origin.get("prompt").asText()).isEqualTo(pairs.text(j));
                assertThat(origin.get("seed").asLong()).isEqualTo(j + 100_000L * t + 10_000_000L * settings.seed());
                assertThat(origin.get("steps").asInt()).isEqualTo(settings.sampling().steps());
                assertThat(origin.get("scheduler").asText()).isEqualTo("dpmsolver");
                assertThat(origin.get("guidance").asDouble()).isEqualTo(7.5);
                assertThat(origin.get("model").asText()).hasSize(64);
                assertThat(pairs.image(j).width()).isEqualTo(32);
            }
        }
        assertThat(content(output).keySet()).containsExactlyElementsOf(expected);
    }

    @Test
    void aSetInThePublishedLayout() throws IOException {
        generate(plan);
        requireComplete("set", 10, GenerationPlan.read(plan));
        // the first task knows the generic prompts alone, the later ones those of the tasks before them, too
        assertThat(texts(0)).allMatch(text -> text.startsWith("a photo of a "));
        assertThat(texts(2)).noneMatch(text -> text.contains("satellite"));
        Map<String, String> before = content("set");
        generate(plan);
        assertThat(content("set")).isEqualTo(before);
    }

    @Test
    void classesOfEarlierTasksCanHaveAGuidanceOfTheirOwn() throws IOException {
        String[] change = {"\"images\": 10", "\"images\": 10, \"task_guidance\": 3"};
        generate(planOf("whole", change));
        TreeSet<String> seen = new TreeSet<>();
        for (String task : TASKS) {
            for (String line : Files.readAllLines(PairFolder.of(folder.resolve("whole"), task).resolve("manifest.jsonl"))) {
                JsonNode origin = Json.parse("line", line).get("origin");
                boolean generic = origin.get("prompt").asText().startsWith("a photo of a ");
                assertThat(origin.get("guidance").asDouble()).isEqualTo(generic ? 7.5 : 3);
                seen.add(task + " " + generic);
            }
        }
        assertThat(seen).containsExactlyInAnyOrder("own true", "MNIST true", "MNIST false", "EuroSAT true", "EuroSAT false");
        assertThat(Files.readString(folder.resolve("whole/plan.json"))).contains("\"task_guidance\" : 3.0");

        Path parts = planOf("parts", change);
        Terminal.run("generate", parts, "--from", 13, "--to", 26);
        generate(parts);
        assertThat(content("parts")).isEqualTo(content("whole"));

        generate(plan); // the same images, but for the guidance
        assertThat(Files.readString(folder.resolve("set/plan.json"))).doesNotContain("task_guidance");
        assertThat(PairDataset.read(PairFolder.of(folder.resolve("whole"), "MNIST")).text(3)).isEqualTo(texts(1).get(3));
    }

    /** A part is the same whatever is there already, and no batch is made twice. */
    @Test
    void partsByBatchMakeTheWhole() throws IOException {
        String[] change = {"\"images\": 10", "\"images\": 10, \"task_guidance\": 3"};
        generate(planOf("whole", change));
        Path cut = planOf("cut", change);
        Generation generation = new Generation(cut, "cpu");
        List<String> names = IntStream.range(0, generation.batches()).mapToObj(generation::batch).toList();
        assertThat(names).doesNotHaveDuplicates().startsWith("own/7.5/0", "own/7.5/1", "own/7.5/2")
                .filteredOn(name -> name.startsWith("MNIST/3.0")).isNotEmpty();
        generate(cut, "--part", "2/3");
        assertThat(generation.made().cardinality()).isEqualTo((names.size() + 1) / 3);
        assertThat(IntStream.range(0, names.size()).mapToObj(new Generation(cut, "cpu")::batch)).isEqualTo(names);
        assertThat(folder.resolve("cut/own_Syn/image_text.csv")).doesNotExist();
        generate(cut, "--part", "1/3");
        generate(cut, "--part", "3/3");
        assertThat(content("cut")).isEqualTo(content("whole"));

        generate(planOf("alone", change), "--processes", 1); // with one thread, as each of several has: its rounding is another
        generate(planOf("devices", change), "--devices", "cpu,cpu");
        assertThat(content("devices")).isEqualTo(content("alone"));
        refused("part '4/3' must be K/N", plan, "--part", "4/3");
        refused("are three ways to share the work", plan, "--part", "1/3", "--from", "3");
        refused("unknown device 'gpus'", planOf("no_device"), "--devices", "gpus");
    }

    /** A set of more images than one folder takes, of which the last batch is made. */
    @Test
    void aLargeSetLiesInFolders() throws IOException {
        Path large = planOf("large", "\"images\": 10", "\"images\": 10001", "\"batch\": 4", "\"batch\": 2", "\"MNIST\", \"EuroSAT\"", "\"MNIST\"");
        Generation generation = new Generation(large, "cpu");
        try (BatchWork work = generation.work()) {
            assertThat(work.make(5000)).isEqualTo(1);
            assertThat(work.make(5001)).isEqualTo(2);
            assertThat(work.make(5000)).isZero();
        }
        assertThat(content("large").keySet()).containsExactly("MNIST_Syn/00000/0.jpeg", "MNIST_Syn/00000/1.jpeg", "own_Syn/00001/10000.jpeg",
                "plan.json");
        assertThat(generation.made().cardinality()).isEqualTo(2);

        Path set = folder.resolve("large/own_Syn");
        PairFolder.writeTexts(set, List.of("a", "b", "c"), 2);
        for (int i = 0; i < 3; i++) {
            Path image = PairFolder.image(set, i, 2);
            Files.createDirectories(image.getParent());
            Files.copy(set.resolve("00001/10000.jpeg"), image);
        }
        assertThat(Files.readAllLines(set.resolve("image_text.csv"))).containsExactly("image,text", "00000/0.jpeg,a", "00000/1.jpeg,b",
                "00001/2.jpeg,c");
        assertThat(PairDataset.read(set).source(2)).endsWith("00001/2.jpeg");

        // begun before there were folders: it stays as it is
        Path flat = planOf("flat", "\"images\": 10", "\"images\": 10001");
        Files.createDirectories(folder.resolve("flat"));
        Files.writeString(folder.resolve("flat/plan.json"), Files.readString(folder.resolve("large/plan.json"))
                .replaceFirst(",\\s*\"images_in_folder\" : 10000", "").replace("\"MNIST\" ]", "\"MNIST\", \"EuroSAT\" ]"));
        Generation old = new Generation(flat, "cpu");
        assertThat(Files.readString(folder.resolve("flat/plan.json"))).doesNotContain("in_folder");
        assertThat(old.left()).isEqualTo(30003);
        Files.createDirectories(folder.resolve("flat/own_Syn"));
        Files.copy(set.resolve("00001/10000.jpeg"), folder.resolve("flat/own_Syn/10000.jpeg"));
        assertThat(old.left()).isEqualTo(30002);
    }

    private List<String> texts(int task) {
        PairDataset pairs = PairDataset.read(PairFolder.of(folder.resolve("set"), TASKS.get(task)));
        return IntStream.range(0, pairs.size()).mapToObj(pairs::text).toList();
    }

    @Test
    void promptsAreDrawnUniformlyWithReplacement() {
        GenerationPlan settings = GenerationPlan.read(plan);
        int[] counts = new int[20];
        IntStream.range(0, 20_000).forEach(j -> counts[settings.draw(2, j, 20)]++);
        assertThat(IntStream.of(counts)).allMatch(count -> Math.abs(count - 1000) < 150);
        assertThat(settings.draw(1, 5, 1000)).isEqualTo(settings.draw(1, 5, 1000));
    }

    @Test
    void partsMakeTheWhole() throws IOException {
        generate(plan);
        Path parts = planOf("parts");
        Terminal first = Terminal.run("generate", parts, "--from", 17, "--to", 30);
        assertThat(first.out()).contains("17 of 30 images are still to be made");
        assertThat(folder.resolve("parts/EuroSAT_Syn/image_text.csv")).exists();
        assertThat(folder.resolve("parts/MNIST_Syn/image_text.csv")).doesNotExist();
        generate(parts, "--to", 3);
        generate(parts, "--from", 3, "--to", 17);
        assertThat(content("parts")).isEqualTo(content("set"));
        // from two machines: folders copied together, and the command once more
        generate(planOf("elsewhere"), "--to", 15);
        Path here = planOf("here");
        generate(here, "--from", 15);
        try (Stream<Path> files = Files.walk(folder.resolve("elsewhere"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".jpeg")).toList()) {
                Path target = folder.resolve("here").resolve(folder.resolve("elsewhere").relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        generate(here);
        assertThat(content("here")).isEqualTo(content("set"));
    }

    @Test
    void killedAndRestartedFiveTimes() throws Exception {
        Path whole = planOf("whole", "\"images\": 10", "\"images\": 24", "\"steps\": 3", "\"steps\": 8");
        generate(whole);
        Path killed = planOf("killed", "\"images\": 10", "\"images\": 24", "\"steps\": 3", "\"steps\": 8");
        Map<Path, FileTime> kept = new TreeMap<>();
        for (int attempt = 0; attempt < 5; attempt++) {
            Process process = start(killed);
            int goal = kept.size() + 3 + attempt;
            while (process.isAlive() && images("killed").size() < goal) {
                process.waitFor(2, TimeUnit.MILLISECONDS);
            }
            Thread.sleep(3L * attempt);
            process.destroyForcibly().waitFor();
            assertThat(images("killed")).as("killed before its end").hasSizeLessThan(72);
            for (Map.Entry<Path, FileTime> one : kept.entrySet()) {
                assertThat(Files.getLastModifiedTime(one.getKey())).as("not made again").isEqualTo(one.getValue());
            }
            for (Path image : images("killed")) {
                kept.put(image, Files.getLastModifiedTime(image));
            }
        }
        Files.writeString(folder.resolve("killed/MNIST_Syn/.gift-left-behind.tmp"), "half a pict");
        assertThat(start(killed).waitFor()).isZero();
        for (Map.Entry<Path, FileTime> one : kept.entrySet()) {
            assertThat(Files.getLastModifiedTime(one.getKey())).isEqualTo(one.getValue());
        }
        requireComplete("killed", 24, GenerationPlan.read(killed));
        assertThat(content("killed")).isEqualTo(content("whole"));
    }

    @Test
    void interruptedInGoodOrder() throws Exception {
        Path long_ = planOf("interrupted", "\"images\": 10", "\"images\": 400");
        Process process = start(long_);
        while (process.isAlive() && images("interrupted").size() < 9) {
            process.waitFor(2, TimeUnit.MILLISECONDS);
        }
        process.destroy(); // SIGTERM
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(content("interrupted").keySet()).noneMatch(name -> name.endsWith(".tmp"));
    }

    /** The images so far. Not {@code Files.walk}: it fails when a file vanishes that another process is just renaming. */
    private List<Path> images(String output) throws IOException {
        List<Path> images = new ArrayList<>();
        if (Files.isDirectory(folder.resolve(output))) {
            try (DirectoryStream<Path> sets = Files.newDirectoryStream(folder.resolve(output), "*_Syn")) {
                for (Path set : sets) {
                    try (DirectoryStream<Path> files = Files.newDirectoryStream(set, "*.jpeg")) {
                        files.forEach(images::add);
                    }
                }
            }
        }
        images.sort(null);
        return images;
    }

    private static Process start(Path plan) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
                "-cp", System.getProperty("java.class.path"),
                "gift.cli.Gift", "generate", plan.toString())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    @Test
    void theLeftoversOfOthersAtWorkAreLeftAlone() throws Exception {
        generate(plan, "--to", 4);
        Path leftover = Files.writeString(folder.resolve("set/own_Syn/.gift-other.tmp"), "being written");
        // a lock of this virtual machine would be refused as overlapping, so another process holds it
        Process holder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Holder.class.getName(), folder.resolve("set/plan.json").toString()).start();
        assertThat(holder.getInputStream().read()).isEqualTo('.');
        generate(plan, "--to", 8);
        assertThat(leftover).exists();
        holder.destroyForcibly().waitFor();
        generate(plan, "--to", 8);
        assertThat(leftover).doesNotExist();
    }

    /** Holds the shared lock, as a second generator would, until it is killed. */
    static final class Holder {
        public static void main(String[] args) throws Exception {
            try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.READ)) {
                channel.lock(0, Long.MAX_VALUE, true);
                System.out.print('.');
                System.out.flush();
                Thread.sleep(60_000);
            }
        }
    }

    private void refused(String part, Object... arguments) {
        Terminal terminal = Terminal.run(Stream.concat(Stream.of("generate"), Stream.of(arguments)).toArray());
        assertThat(terminal.err().strip()).contains(part).hasLineCount(1).startsWith("gift: ").doesNotContain("Exception");
        assertThat(terminal.code()).isEqualTo(2);
    }

    private void planRefused(String part, String... changes) throws IOException {
        refused(part, planOf("bad", changes));
        assertThat(folder.resolve("bad")).doesNotExist();
    }

    @Test
    void badPlans() throws IOException {
        planRefused("steps 0 must be at least 1", "\"steps\": 3", "\"steps\": 0");
        planRefused("steps 1000 must be between 1 and 999", "\"steps\": 3", "\"steps\": 1000");
        planRefused("size 32 x 30 must be multiples of 8", "\"height\": 32", "\"height\": 30");
        planRefused("batch 0", "\"batch\": 4", "\"batch\": 0");
        planRefused("images 0", "\"images\": 10", "\"images\": 0");
        planRefused("unknown key 'step' at sampling.step (did you mean 'steps'?", "\"steps\"", "\"step\"");
        planRefused("no class names for 'MNITS' (did you mean 'MNIST'?", "\"MNIST\"", "\"MNITS\"");
        planRefused("task own is named twice", "\"MNIST\"", "\"own\"");
        planRefused("no file", "own.txt", "owen.txt");
        planRefused("prompts names 'woned'", "{\"own\"", "{\"woned\": \"x\", \"own\"");
        planRefused("no Stable Diffusion at", "\"model\": \"sd\"", "\"model\": \"sdxl\"");
        planRefused("tasks names no task", "[\"own\", \"MNIST\", \"EuroSAT\"]", "[]");
        planRefused("scheduler", "\"steps\": 3", "\"steps\": 3, \"scheduler\": \"heun\"");
        planRefused("eta 0.5", "\"steps\": 3", "\"steps\": 3, \"eta\": 0.5");
        planRefused("quality 95.0", "\"seed\": 7", "\"seed\": 7, \"quality\": 95");
        planRefused("unknown device 'tpu'", "\"cpu\"", "\"tpu\"");
        refused("no file", folder.resolve("none.json"));
        refused("images 0 to 31 are not a part of 0 to 30", plan, "--to", 31);
        refused("images 5 to 5", plan, "--from", 5, "--to", 5);
    }

    @Test
    void badModelsAndFolders() throws IOException {
        Files.writeString(folder.resolve("blocked"), "a file where a folder should be");
        refused("cannot write", planOf("blocked"));
        Path weights = folder.resolve("sd/unet/diffusion_pytorch_model.safetensors");
        Path aside = folder.resolve("aside");
        Files.move(weights, aside);
        planRefused("no weights in", "\"seed\": 7", "\"seed\": 7");
        Path index = Files.writeString(folder.resolve("sd/unet/diffusion_pytorch_model.safetensors.index.json"),
                "{\"weight_map\": {\"conv_in.weight\": \"diffusion_pytorch_model-00001-of-00002.safetensors\"}}");
        planRefused("diffusion_pytorch_model-00001-of-00002.safetensors", "\"seed\": 7", "\"seed\": 7");
        Files.delete(index);
        Files.move(aside, weights);
        Path config = folder.resolve("sd/unet/config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\"layers_per_block\" : 1", "\"layers_per_block\" : 2"));
        planRefused("do not fit the model", "\"seed\": 7", "\"seed\": 7");
        Files.writeString(config, text);
    }

    @Test
    void aChangedPlanIsRefusedWithTheDifference() throws IOException {
        generate(plan, "--to", 2);
        Map<String, String> before = content("set");
        Path other = folder.resolve("other.json");
        for (String[] change : new String[][] {
            {"\"steps\": 3", "\"steps\": 4", "steps was 3, is now 4"},
            {"\"seed\": 7", "\"seed\": 8", "seed was 7, is now 8"},
            {"\"MNIST\", ", "", "tasks[1] was \"MNIST\", is now \"EuroSAT\"; tasks[2] was \"EuroSAT\", is now absent"},
            {"CIFAR10", "CIFAR100", "generic was \"CIFAR10\", is now \"CIFAR100\""},
        }) {
            Files.writeString(other, Files.readString(plan).replace(change[0], change[1]));
            refused(change[2], other);
        }
        Files.writeString(folder.resolve("own.txt"), "a blue house\n");
        refused("prompts.own was", plan);
        Files.writeString(folder.resolve("own.txt"), "a red house\na green tree\n");
        Path scheduler = folder.resolve("sd/scheduler/scheduler_config.json");
        String text = Files.readString(scheduler);
        Files.writeString(scheduler, text.replace("0.012", "0.013"));
        refused("model was", plan);
        Files.writeString(scheduler, text);
        assertThat(content("set")).isEqualTo(before);
        // what does not change an image may change
        Files.writeString(other, Files.readString(plan).replace("\"batch\": 4", "\"batch\": 2"));
        generate(other, "--to", 3);
    }

    @Test
    void anImageFromElsewhereIsRefused() throws IOException {
        generate(plan, "--to", 2);
        generate(planOf("foreign", "\"seed\": 7", "\"seed\": 8"), "--to", 5);
        Files.copy(folder.resolve("foreign/own_Syn/4.jpeg"), folder.resolve("set/own_Syn/4.jpeg"));
        refused("4.jpeg was not made by this plan", plan);
    }
}
