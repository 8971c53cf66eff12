package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.Shared;
import gift.clip.ClipConfig;
import gift.clip.ClipWeights;
import gift.data.PairDataset;
import gift.data.Task;
import gift.data.readers.Datasets;
import gift.diffusion.schedulers.SchedulerKind;
import gift.generate.Generation;
import gift.image.ImageFiles;
import gift.io.InputException;
import gift.nn.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The small inputs of ../shared/cases, each as its README expects. The same kinds with inputs of our own: StrangersTest. */
class CasesTest {
    private static final String MODEL = "../data/mini/clip";

    @TempDir
    Path folder;

    private Path cases;

    @BeforeEach
    void find() {
        cases = Shared.require("cases");
    }

    private Terminal run(String study) {
        return Terminal.run("run", cases.resolve(study), "--model", MODEL, "--results", folder.resolve("runs"));
    }

    private static void refused(Terminal terminal, String... parts) {
        assertThat(terminal.err().strip()).contains(parts).hasLineCount(1).startsWith("gift: ").doesNotContain("Exception");
        assertThat(terminal.code()).isEqualTo(2);
    }

    @Test
    void namesBeyondAscii() throws IOException {
        Terminal terminal = run("locale_merge/study.json");
        assertThat(terminal.code()).as(terminal.err()).isZero();
        String rows = Files.readString(folder.resolve("runs/locale_merge/finetune/1/settings.json"));
        assertThat(rows).contains("Tiny");
    }

    @Test
    void settingsBesideWeights() {
        assertThatThrownBy(() -> ClipWeights.check(cases.resolve("clip_empty_config"))).isInstanceOf(InputException.class)
                .hasMessageContaining("config.json is empty");
        ClipConfig config = ClipWeights.check(cases.resolve("clip_openclip_st"));
        assertThat(config.visionHeads()).isEqualTo(4);
        assertThat(config.activation()).isEqualTo(Activation.GELU);
        refused(Terminal.run("zero-shot", cases.resolve("st_lfs"), "--sets", "digits"), "is a pointer of Git LFS", "598641023 bytes",
                "git lfs pull");
    }

    /** The link is a text file where the folder was copied without links. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void linksAndExtensions() throws IOException {
        Path data = cases.resolve("sun_link_top/data");
        if (!Files.isDirectory(data.resolve("SUN397"))) {
            data = folder.resolve("data");
            Files.createDirectories(data);
            Files.createSymbolicLink(data.resolve("SUN397"), cases.resolve("sun_link_top/elsewhere").toAbsolutePath());
        }
        for (Path root : new Path[] {data, cases.resolve("sun_upper/data")}) {
            Task task = Datasets.open("SUN397", root);
            assertThat(task.train().size() + task.test().size()).as(root.toString()).isEqualTo(30);
        }
    }

    @Test
    void levelsOfFolders() {
        Task cars = Datasets.open("StanfordCars", cases.resolve("cars_nested/data"));
        assertThat(cars.train().image(0).width()).isPositive();
        assertThat(cars.test().image(0).width()).isPositive();
        Task land = Datasets.open("EuroSAT", cases.resolve("eurosat_bare/data"));
        assertThat(land.classNames()).hasSize(10);
        assertThat(land.train().size() + land.test().size()).isEqualTo(50);
        refused(run("flowers_zero_based/study.json"), "counts classes from 0");
    }

    @Test
    void json() {
        refused(run("json/empty.json"), "is empty");
        refused(run("json/null.json"), "holds null");
        refused(run("json/strnum.json"), "training.iterations: \"300\" is not a whole number");
        refused(run("json/numbool.json"), "training.checkpointing: 1 is not true or false");
        refused(run("json/enumnum.json"), "keep_weights: 2 is not one of");
        refused(run("json/precnum.json"), "training.precision: 1 is not one of");
        refused(run("emptyjson/study.json"), "data_sets.json is empty");
        String plain = Terminal.run("run", cases.resolve("published_cfg/b_nobom.json"), "--explain").err();
        assertThat(Terminal.run("run", cases.resolve("published_cfg/b.json"), "--explain").err())
                .isEqualTo(plain.replace("b_nobom.json", "b.json"));
    }

    @Test
    void publishedConfiguration() {
        refused(Terminal.run("run", cases.resolve("published_cfg/a.json"), "--explain"), "unknown key 'method' of a published");
    }

    /** The mini Stable Diffusion in the folder that a plan of the cases names. */
    private Path diffusion(String name) throws IOException {
        Path from = Path.of("../data/mini/stable-diffusion");
        Path to = folder.resolve(name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        return to;
    }

    private void settle(Path model, String settings) throws IOException {
        Files.copy(cases.resolve("schedulers").resolve(settings), model.resolve("scheduler/scheduler_config.json"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** As diffusers saves them: read, or refused by what is not known. */
    @Test
    void schedulers() throws IOException {
        Path model = diffusion("sd");
        Map<String, SchedulerKind> kinds = Map.of("ddim_sdxl_like", SchedulerKind.DDIM, "dpm_euler_final", SchedulerKind.DPMSOLVER,
                "dpm_new", SchedulerKind.DPMSOLVER, "dpm_noinf", SchedulerKind.DPMSOLVER, "euler", SchedulerKind.EULER,
                "vpred", SchedulerKind.PNDM);
        Path plan = folder.resolve("plan.json");
        Files.writeString(plan, """
                {"model": "sd", "data": "mini", "generic": "generic", "tasks": ["digits"], "images": 2, "output": "set",
                 "sampling": {"steps": 50, "width": 32, "height": 32}}
                """);
        for (Map.Entry<String, SchedulerKind> kind : kinds.entrySet()) {
            settle(model, kind.getKey() + ".json");
            assertThat(new Generation(plan, "cpu").sampling().scheduler()).as(kind.getKey()).isEqualTo(kind.getValue());
        }
        settle(model, "prk.json");
        refused(Terminal.run("generate", plan), "skip_prk_steps false, which pndm does not support");
        settle(model, "unknown_key.json");
        refused(Terminal.run("generate", plan), "scheduler_config.json: unknown key 'my_own_key'");
    }

    @Test
    void plans() throws IOException {
        diffusion("sd_base");
        settle(diffusion("sch_dpm_new"), "dpm_new.json");
        settle(diffusion("sch_euler"), "euler.json");
        Files.createDirectory(folder.resolve("plans"));
        Files.copy(cases.resolve("plans/prompts_bom.txt"), folder.resolve("plans/prompts_bom.txt"));
        for (String name : List.of("bomprompt", "dpm_new", "euler_ddim")) {
            Path plan = Files.copy(cases.resolve("plans/" + name + ".json"), folder.resolve("plans/" + name + ".json"));
            Terminal terminal = Terminal.run("generate", plan);
            assertThat(terminal.code()).as(terminal.err()).isZero();
        }
        assertThat(PairDataset.read(folder.resolve("plans/out/gen_bomprompt/digits_Syn")).text(0)).isEqualTo("a photo of a lamp.");
        assertThat(PairDataset.read(folder.resolve("plans/out/gen_euler_ddim/digits_Syn")).size()).isEqualTo(2);
    }

    @Test
    void textFiles() {
        assertThat(PairDataset.read(cases.resolve("csv_bom/set")).size()).isEqualTo(4);
        assertThatThrownBy(() -> PairDataset.read(cases.resolve("csv_pandas_index/set"))).isInstanceOf(InputException.class)
                .hasMessageContaining("begins with ,image,text");
        Terminal terminal = run("lists_hash/study.json");
        assertThat(terminal.out()).as(terminal.err()).contains("Last 33.33"); // one of three classes, not of two
    }

    @Test
    void images() {
        var webp = ImageFiles.read(cases.resolve("webp/data/Fmt/train/a/w.webp"));
        assertThat(webp.width() + " x " + webp.height()).isEqualTo("200 x 160");
        assertThat(new int[] {webp.get(100, 80, 0), webp.get(100, 80, 1), webp.get(100, 80, 2)}).containsExactly(104, 237, 58);
        var gif = ImageFiles.read(cases.resolve("gif_subframe/data/Fmt/train/a/sub.gif"));
        assertThat(gif.width() + " x " + gif.height()).isEqualTo("64 x 48");
        assertThat(new int[] {gif.get(14, 9, 0), gif.get(14, 9, 1), gif.get(14, 9, 2)}).containsExactly(48, 231, 9); // Pillow's
        assertThat(new int[] {gif.get(0, 0, 0), gif.get(0, 0, 1), gif.get(0, 0, 2)}).containsExactly(0, 255, 0);
    }

    @Test
    void names() {
        refused(run("dupnames/study.json"), "the classes 'red fox' and 'red_fox' have one name");
    }
}
