package gift.generate;

import ai.djl.ndarray.NDManager;
import gift.data.DataFiles;
import gift.diffusion.Generated;
import gift.diffusion.Sampling;
import gift.diffusion.Watcher;
import gift.generate.GeneratedSet.Origin;
import gift.generate.GeneratedSet.Settings;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.tensor.Devices;
import gift.tensor.Precision;
import gift.train.Progress;
import gift.train.Stop;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Draws the images of a plan that are missing. {@link GeneratedSet} is their folder, from which a stopped job goes on.
 */
public final class Generation {
    private final Path file;
    private final GenerationPlan plan;
    private final Path model;
    private final ImageModel drawing;
    private final GeneratedSet set;
    private final Sampling sampling;
    private final Prompts prompts;
    private final GuideImages guides; // null for images from noise

    /** As {@link #Generation(Path, String, Path)}, of a model that lies where the plan says. */
    public Generation(Path file, String device) {
        this(file, device, null);
    }

    /**
     * @param file the plan
     * @param device overrides its device, or null
     * @param data folder of the data sets, or null; a model that does not lie where the plan says may lie below it
     */
    public Generation(Path file, String device, Path data) {
        this(file, device, data, Overrides.NONE);
    }

    /** The same with other settings in place of some of the plan's. */
    public Generation(Path file, String device, Path data, Overrides overrides) {
        this.file = file;
        GenerationPlan read = GenerationPlan.read(file, overrides);
        this.plan = device == null ? read : Json.replace(read, "device", device);
        Path folder = file.toAbsolutePath().normalize().getParent();
        this.model = DataFiles.beside(folder, plan.model(), data);
        this.set = new GeneratedSet(folder.resolve(plan.output()).normalize(), plan.tasks(), plan.images());
        this.prompts = new Prompts(plan, folder);
        this.guides = plan.guides() == null ? null : new GuideImages(plan, folder);
        this.drawing = ImageModel.in(model);
        this.sampling = plan.sampling().withScheduler(drawing.scheduler(plan.sampling()));
    }

    /** Its file. */
    public Path plan() {
        return file;
    }

    /** The model that draws: the folder of a Stable Diffusion or a GLIDE, or the single file of the former. */
    public Path model() {
        return model;
    }

    /** The folder of the set. */
    public Path output() {
        return set.output();
    }

    /** How images are made of generic prompts; with the scheduler that is taken where the plan names none. */
    public Sampling sampling() {
        return sampling;
    }

    /** How an image is made of a prompt: with the guidance of class prompts if it is not a generic one. */
    public Sampling sampling(String prompt) {
        return sampling.withGuidance(plan.guidance(prompts.isGeneric(prompt)));
    }

    /** Whether any prompt is guided, for which a step calls the model twice. */
    public boolean isGuided() {
        return Sampling.isGuided(plan.guidance(true)) || Sampling.isGuided(plan.guidance(false));
    }

    /** Images of all tasks. */
    public int total() {
        return plan.total();
    }

    /** How many images are missing. */
    public int left() {
        return IntStream.range(0, plan.tasks().size()).map(t -> set.missing(t).size()).sum();
    }

    /** One end of a part of the images and the other, for {@link #run}. */
    public record Part(int from, int to) {}

    /** The plan in at most so many parts, for whose missing images the model is called about equally often. */
    public List<Part> parts(int wanted) {
        List<Integer> missing = new ArrayList<>();
        List<Long> calls = new ArrayList<>(); // in a step, for each missing image and those before it
        long all = 0;
        for (int t = 0; t < plan.tasks().size(); t++) {
            IntToDoubleFunction guidance = guidance(t);
            for (int j : set.missing(t)) {
                missing.add(t * plan.images() + j);
                all += Sampling.isGuided(guidance.applyAsDouble(j)) ? 2 : 1;
                calls.add(all);
            }
        }
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (int i = 1; i < missing.size(); i++) {
            if (parts.size() < wanted - 1 && calls.get(i - 1) * wanted >= all * (parts.size() + 1)) {
                parts.add(new Part(from, missing.get(i)));
                from = missing.get(i);
            }
        }
        parts.add(new Part(from, total()));
        return parts;
    }

    /** The guidance of each image of a task. */
    private IntToDoubleFunction guidance(int task) {
        return j -> plan.guidance(prompts.isGeneric(task, j));
    }

    /**
     * Notes in the folder what it is for, before several processes begin to work there.
     *
     * @throws InputException as {@link #run}
     */
    public void prepare() {
        Settings settings = settings();
        set.requireSamePlan(settings);
        set.requireWritable();
        set.begin(settings);
    }

    /**
     * Looks whether the folder can take the images; writes nothing.
     *
     * @throws InputException as {@link #run}
     */
    public void check() {
        requireSamePlan();
        set.requireWritable();
    }

    /** @throws InputException if the folder holds images of another plan */
    public void requireSamePlan() {
        if (set.isBegun()) {
            set.requireSamePlan(settings());
        }
    }

    /**
     * Makes what is missing of a part of the images, which are counted through all tasks.
     *
     * @param from the first
     * @param to the one after the last
     * @return how many images of the whole plan are still missing
     * @throws InputException if plan, model or folder are not valid, or the folder holds images of another plan
     */
    public int run(int from, int to) {
        if (from < 0 || from >= to || to > plan.total()) {
            throw new InputException("images " + from + " to " + to + " are not a part of 0 to " + plan.total());
        }
        Settings settings = settings();
        String fingerprint = Hashes.sha256(Json.write(settings).getBytes(StandardCharsets.UTF_8));
        set.requireSamePlan(settings);
        set.requireWritable();
        List<TreeSet<Integer>> missing = new ArrayList<>();
        for (int t = 0; t < plan.tasks().size(); t++) {
            missing.add(set.checked(t, fingerprint));
        }
        List<Batch> batches = batches(missing, from, to);
        if (batches.isEmpty()) {
            return set.complete(settings, () -> { }, missing, fingerprint);
        }
        int count = batches.stream().mapToInt(batch -> batch.wanted.size()).sum();
        try (NDManager manager = Devices.newManager(Devices.parse(plan.device()));
                ImageModel.Opened opened = drawing.open(manager, plan.precision())) {
            return set.complete(settings, () -> {
                try (Progress progress = new Progress("generating", to - from, to - from - count)) {
                    for (Batch batch : batches) {
                        make(opened, batch, fingerprint, settings.model());
                        batch.wanted.forEach(j -> progress.step(plan.tasks().get(batch.task)));
                    }
                }
            }, missing, fingerprint);
        }
    }

    private Settings settings() {
        boolean own = plan.draw() == GenerationPlan.Draw.OWN;
        return new Settings(drawing.hash(), prompts.hashes(), plan.generic(), plan.tasks(), plan.images(), plan.seed(),
                sampling.scheduler(), sampling.steps(), sampling.guidance(), plan.taskGuidance(), sampling.eta(),
                sampling.negativePrompt(), sampling.width(), sampling.height(), plan.quality(),
                plan.precision() == Precision.FP32 ? null : plan.precision(),
                own ? null : plan.draw(), own ? null : Math.max(plan.listRows(), plan.images()),
                guides == null ? null : guides.settings());
    }

    /** The images of one call of the model, by their numbers in the task, and those of them that are to be written. */
    private record Batch(int task, double guidance, List<Integer> images, List<Integer> wanted) {}

    /**
     * Batches always hold the same images, whatever is there already: an image in other company could differ by one level
     * in a few pixels, and a run that was stopped equals one that was not to the last bit. The images of a batch have the
     * same guidance.
     */
    private List<Batch> batches(List<TreeSet<Integer>> missing, int from, int to) {
        List<Batch> batches = new ArrayList<>();
        for (int t = 0; t < missing.size(); t++) {
            int task = t;
            int before = t * plan.images();
            TreeSet<Integer> open = missing.get(t);
            Map<Double, List<Integer>> byGuidance = IntStream.range(0, plan.images()).boxed()
                    .collect(Collectors.groupingBy(guidance(t)::applyAsDouble, LinkedHashMap::new, Collectors.toList()));
            byGuidance.forEach((guidance, all) -> {
                for (int first = 0; first < all.size(); first += sampling.batch()) {
                    List<Integer> images = all.subList(first, Math.min(first + sampling.batch(), all.size()));
                    List<Integer> wanted = images.stream()
                            .filter(j -> open.contains(j) && before + j >= from && before + j < to).toList();
                    if (!wanted.isEmpty()) {
                        batches.add(new Batch(task, guidance, images, wanted));
                    }
                }
            });
        }
        return batches;
    }

    private void make(ImageModel.Opened opened, Batch batch, String fingerprint, String modelHash) {
        List<String> texts = batch.images.stream().map(j -> prompts.text(batch.task, j)).toList();
        long[] seeds = batch.images.stream().mapToLong(j -> plan.imageSeed(batch.task, j)).toArray();
        Sampling guided = sampling.withGuidance(batch.guidance);
        Watcher watcher = (done, total, latents) -> {
            Stop.check();
            return true;
        };
        List<Generated> made = guides == null ? opened.generate(texts, seeds, guided, watcher)
                : opened.generate(batch.images.stream().map(j -> guides.image(batch.task, j)).toList(), texts, seeds,
                        plan.guides().strength(), guided, watcher);
        for (int j : batch.wanted) {
            Generated one = made.get(batch.images.indexOf(j));
            Origin origin = new Origin(one.prompt(), one.seed(), guided.scheduler(), guided.steps(), guided.guidance(),
                    modelHash, fingerprint);
            set.add(batch.task, j, one.image(), plan.quality(), origin);
        }
    }
}
