package gift.notebook;

import ai.djl.Device;
import gift.data.DataFiles;
import gift.data.DatasetSource;
import gift.data.PairDataset;
import gift.data.Task;
import gift.diffusion.Generated;
import gift.diffusion.Sampling;
import gift.diffusion.TextToImage;
import gift.diffusion.Watcher;
import gift.generate.Generation;
import gift.generate.GenerationPlan;
import gift.image.Image;
import gift.io.InputException;
import gift.results.IncrementalRuns;
import gift.results.ResultFolders;
import gift.results.StudyRuns;
import gift.sources.Sources;
import gift.study.ReferenceSet;
import gift.study.StudyConfig;
import gift.study.StudyConfig.Reference;
import gift.study.StudyMethod;
import gift.tensor.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the notebooks work on: {@code mini}, the world and models that are shipped, or {@code paper}, CLIP ViT-B/16, Stable
 * Diffusion v1.5 and the data sets of MTIL, which the user downloads. All of it follows from the profile's study files, so
 * that a notebook and {@code gift run} work on the same.
 *
 * <p>Studies are asked for by the name that they have in both profiles: {@code order_I}, {@code order_II},
 * {@code ablations}, and {@code incremental}, the class-incremental one.
 */
public final class Profile {
    /** The environment variable that chooses. */
    public static final String VARIABLE = "GIFT_PROFILE";

    private static final Map<String, String> PREFIXES = Map.of("mini", "mini_", "paper", "mtil_"); // of the study files
    private static final String INCREMENTAL = "incremental";
    private static final String PAPER_INCREMENTAL = "cil_cifar100_10";

    private final String name;
    private final Path root;
    private final Path data; // folder of the data sets; null where none is given
    private final Path runs;

    private Profile(String name, Path root, Path data, Path runs) {
        this.name = name;
        this.root = root;
        this.data = data;
        this.runs = runs;
    }

    /**
     * The profile that the environment chooses: {@value #VARIABLE}, {@code GIFT_DATA} (data sets), {@code GIFT_RUNS} (runs).
     *
     * @param root folder of the project
     * @throws InputException if there is no such profile, or it needs {@code GIFT_DATA}
     */
    public static Profile current(Path root) {
        return of(root, System.getenv());
    }

    static Profile of(Path root, Map<String, String> environment) {
        String name = environment.getOrDefault(VARIABLE, "mini");
        if (!PREFIXES.containsKey(name)) {
            throw new InputException(VARIABLE + " is mini or paper, not '" + name + "'");
        }
        String data = environment.getOrDefault("GIFT_DATA", "");
        if (name.equals("paper") && data.isEmpty()) {
            throw new InputException(VARIABLE + "=paper needs GIFT_DATA, the folder of the data sets (data/README.md says"
                    + " how they lie); without " + VARIABLE + " the notebooks need nothing");
        }
        return new Profile(name, root, data.isEmpty() ? null : Path.of(data),
                Path.of(environment.getOrDefault("GIFT_RUNS", root.resolve("results/runs").toString())));
    }

    /** mini or paper. */
    public String name() {
        return name;
    }

    /**
     * The file of a study.
     *
     * @throws InputException if the profile has no such study
     */
    public Path study(String study) {
        String file = name.equals("paper") && study.equals(INCREMENTAL) ? PAPER_INCREMENTAL : PREFIXES.get(name) + study;
        return required(root.resolve("data/studies/" + file + ".json"), "study");
    }

    /** Its settings. */
    public StudyConfig config(String study) {
        return StudyConfig.read(study(study));
    }

    /**
     * A method with the settings that a study gives it.
     *
     * @throws InputException with the nearest name, if the study has no such method
     */
    public StudyMethod method(String study, String method) {
        return config(study).only(List.of(method), List.of()).resolved(study(study).toString()).get(0);
    }

    /** The folder with weights and vocabulary of CLIP before any task. */
    public Path clip() {
        return beside(study("order_I"), config("order_I").model(), "CLIP");
    }

    /** The folder of Stable Diffusion, in the layout of diffusers. */
    public Path diffusion() {
        return beside(planFile("order_I"), plan("order_I").model(), "Stable Diffusion");
    }

    /** How the studies draw a prompt; generic ones may have another guidance than all others. */
    public Sampling sampling(String prompt) {
        return generation().sampling(prompt);
    }

    /**
     * One image for each prompt, drawn as the studies draw it.
     *
     * @param seeds one for each prompt
     * @param watcher is shown the prompts of each guidance as a job of their own
     */
    public List<Image> draw(TextToImage pipeline, List<String> prompts, long[] seeds, Watcher watcher) {
        if (seeds.length != prompts.size()) {
            throw new IllegalArgumentException(seeds.length + " seeds for " + prompts.size() + " prompts");
        }
        Generation generation = generation();
        Map<Sampling, List<Integer>> alike = IntStream.range(0, prompts.size()).boxed()
                .collect(Collectors.groupingBy(i -> generation.sampling(prompts.get(i)), LinkedHashMap::new, Collectors.toList()));
        Image[] images = new Image[prompts.size()];
        alike.forEach((sampling, of) -> {
            List<Generated> made = pipeline.generate(of.stream().map(prompts::get).toList(),
                    of.stream().mapToLong(i -> seeds[i]).toArray(), sampling, watcher);
            IntStream.range(0, of.size()).forEach(k -> images[of.get(k)] = made.get(k).image());
        });
        return List.of(images);
    }

    private Generation generation() {
        return new Generation(planFile("order_I"), null, data);
    }

    /** The prompts that the images for each task of a study are drawn from: generic ones, and those of the tasks before it. */
    public List<List<String>> prompts(String study) {
        GenerationPlan plan = plan(study);
        Map<String, List<String>> pools = plan.pools(planFile(study).getParent());
        return IntStream.range(0, plan.tasks().size()).mapToObj(t -> plan.poolOf(t, pools)).toList();
    }

    /** The tasks in order I. */
    public List<String> tasks() {
        return config("order_I").tasks();
    }

    /**
     * A data set by name.
     *
     * @throws InputException naming what is missing
     */
    public Task open(String set) {
        return data("order_I").openUnseen(set);
    }

    /**
     * The pairs of one of a study's reference sets, for each task; those of a plan only where they are drawn already.
     *
     * @param reference its name in the study, such as {@code real} or {@code synthetic}
     */
    public Optional<List<PairDataset>> pairs(String study, String reference) {
        ReferenceSet set = set(study, reference);
        return set.unmade().isPresent() ? Optional.empty() : Optional.of(set.read());
    }

    /** The sentences that the images of a reference set are compared with. */
    public List<String> sentences(String study, String reference) {
        return set(study, reference).sentences();
    }

    private ReferenceSet set(String study, String reference) {
        StudyConfig config = config(study);
        Reference wanted = config.references().get(reference);
        if (wanted == null) {
            throw new InputException(study(study) + " has no reference set '" + reference + "', only "
                    + config.references().keySet());
        }
        ReferenceSet set = new ReferenceSet(reference, wanted, study(study).getParent(), config.tasks(), data(study));
        set.check();
        set.requireSamePlan();
        return set;
    }

    /** mini: the CPU, on which the committed outputs were made; paper: the first GPU where there is one. */
    public Device device() {
        return name.equals("mini") ? Device.cpu() : Devices.parse("auto");
    }

    /** Where results are. */
    public ResultFolders folders() {
        return new ResultFolders(runs, root.resolve("results/published"), root.resolve("results/" + name + "/matrices"));
    }

    /**
     * The finished runs of a study: own ones, and from the committed reference those that are not among them.
     *
     * @throws InputException saying how to make some, if there is neither
     */
    public StudyRuns runs(String study) {
        return StudyRuns.either(folders(), config(study).name()).orElseThrow(() -> noRun(study));
    }

    /** The same of a class-incremental study. */
    public IncrementalRuns incrementalRuns(String study) {
        return IncrementalRuns.either(folders(), config(study).name()).orElseThrow(() -> noRun(study));
    }

    private InputException noRun(String study) {
        return new InputException("no finished run of " + config(study).name() + " in "
                + runs + (name.equals("mini") ? ", nor in " + folders().reference() + ": run environment/gift study"
                        : ": run environment/gift run " + root.relativize(study(study))));
    }

    private DatasetSource data(String study) {
        StudyConfig config = config(study);
        return Sources.of(study(study).getParent(), data, config.data(), config.tasks());
    }

    private Path planFile(String study) {
        return config(study).references().values().stream().map(Reference::plan).filter(plan -> !plan.isEmpty()).findFirst()
                .map(plan -> required(study(study).resolveSibling(plan).normalize(), "plan"))
                .orElseThrow(() -> new InputException(study(study) + " names no plan of generated images"));
    }

    private GenerationPlan plan(String study) {
        return GenerationPlan.read(planFile(study));
    }

    /** What a file names, beside it or, where that does not exist, in the folder of the data sets. */
    private Path beside(Path file, String path, String what) {
        return required(DataFiles.beside(file.getParent(), path, data), what);
    }

    private Path required(Path path, String what) {
        if (!Files.exists(path)) {
            throw new InputException("the profile " + name + " has no " + what + " at " + path
                    + (name.equals("mini") ? "" : " (data/README.md says what belongs there); without " + VARIABLE
                            + " the notebooks need nothing"));
        }
        return path;
    }
}
