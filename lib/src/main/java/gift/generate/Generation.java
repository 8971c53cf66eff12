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
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

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
    private List<Batches.One> all; // of the plan; made when they are asked for

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

    /** A line for the end of a command: how much of the set is there. */
    public String summary() {
        int left = left();
        return (left == 0 ? "all " + total() + " images are in " : left + " of " + total() + " images are still to be made in ")
                + output();
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

    // ---- by batch: the same calls of the model, whatever is there already

    /** How many batches the plan comes to. They are numbered through all tasks, whatever is there already. */
    public int batches() {
        return allBatches().size();
    }

    /** "MNIST/7.5/3": the task of a batch, its guidance, and its number among those of the same task and guidance. */
    public String batch(int number) {
        return allBatches().get(number).name(plan);
    }

    /** Images of a batch. */
    public int size(int number) {
        return allBatches().get(number).images().length;
    }

    /** The device that it computes on: auto, cpu, gpu0, ... */
    public String device() {
        return plan.device();
    }

    /** The numbers of the batches all of whose images are there; by one look into each folder. */
    public BitSet made() {
        List<TreeSet<Integer>> missing = IntStream.range(0, plan.tasks().size()).mapToObj(set::missing).toList();
        BitSet made = new BitSet();
        for (int n = 0; n < batches(); n++) {
            Batches.One one = allBatches().get(n);
            made.set(n, IntStream.of(one.images()).noneMatch(missing.get(one.task())::contains));
        }
        return made;
    }

    /** Whether all images of a batch are there. */
    public boolean isMade(int number) {
        Batches.One one = allBatches().get(number);
        return IntStream.of(one.images()).allMatch(j -> set.has(one.task(), j));
    }

    /**
     * Makes single batches, as one of several processes that each have others; no other image is looked at.
     *
     * @throws InputException as {@link #run}
     */
    public BatchWork work() {
        return work(Drawings.NONE);
    }

    /** @param known what this process has drawn for other plans */
    BatchWork work(Drawings known) {
        Settings settings = settings();
        set.requireSamePlan(settings);
        set.requireWritable();
        return new BatchWork(this, settings, known);
    }

    /**
     * Writes table and manifest of every task whose images are all there. Needs no model in memory.
     *
     * @return how many images are missing
     * @throws InputException as {@link #run}
     */
    public int finish() {
        Settings settings = settings();
        set.requireSamePlan(settings);
        set.requireWritable();
        List<TreeSet<Integer>> missing = IntStream.range(0, plan.tasks().size()).mapToObj(set::missing).toList();
        return set.complete(settings, () -> { }, missing, fingerprint(settings));
    }

    static String fingerprint(Settings settings) {
        return Hashes.sha256(Json.write(settings).getBytes(StandardCharsets.UTF_8));
    }

    Batches.One oneBatch(int number) {
        return allBatches().get(number);
    }

    private synchronized List<Batches.One> allBatches() {
        if (all == null) {
            all = Batches.of(plan, prompts, sampling.batch());
        }
        return all;
    }

    GeneratedSet set() {
        return set;
    }

    /** The model on the plan's device, by a manager that the model's closing does not close. */
    ImageModel.Opened open(NDManager manager) {
        return drawing.open(manager, plan.precision());
    }

    NDManager newManager() {
        return Devices.newManager(Devices.parse(plan.device()));
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
        String fingerprint = fingerprint(settings);
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
        try (NDManager manager = newManager(); ImageModel.Opened opened = open(manager)) {
            return set.complete(settings, () -> {
                try (Progress progress = new Progress("generating", to - from, to - from - count);
                        ImageWriter writer = new ImageWriter()) {
                    for (Batch batch : batches) {
                        make(() -> opened, batch, fingerprint, settings.model(), writer,
                                () -> progress.step(plan.tasks().get(batch.task)), Drawings.NONE);
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
                guides == null ? null : guides.settings(), set.imagesInFolder());
    }

    /** The images of one call of the model, by their numbers in the task, and those of them that are to be written. */
    record Batch(int task, double guidance, List<Integer> images, List<Integer> wanted) {}

    /**
     * Batches always hold the same images, whatever is there already: an image in other company could differ by one level
     * in a few pixels, and a run that was stopped equals one that was not to the last bit. The images of a batch have the
     * same guidance.
     */
    private List<Batch> batches(List<TreeSet<Integer>> missing, int from, int to) {
        List<Batch> batches = new ArrayList<>();
        for (Batches.One one : allBatches()) {
            int before = one.task() * plan.images();
            List<Integer> wanted = IntStream.of(one.images()).filter(j -> missing.get(one.task()).contains(j)
                    && before + j >= from && before + j < to).boxed().toList();
            if (!wanted.isEmpty()) {
                batches.add(new Batch(one.task(), one.guidance(), IntStream.of(one.images()).boxed().toList(), wanted));
            }
        }
        return batches;
    }

    /** @param written called after each image, by the writer's thread */
    void make(Supplier<ImageModel.Opened> opened, Batch batch, String fingerprint, String modelHash, ImageWriter writer,
            Runnable written, Drawings known) {
        List<String> texts = batch.images.stream().map(j -> prompts.text(batch.task, j)).toList();
        long[] seeds = batch.images.stream().mapToLong(j -> plan.imageSeed(batch.task, j)).toArray();
        Sampling guided = sampling.withGuidance(batch.guidance);
        Watcher watcher = (done, total, latents) -> {
            Stop.check();
            return true;
        };
        List<Generated> made = guides == null
                ? known.of(new Drawings.Key(modelHash, plan.device(), plan.precision(), texts, LongStream.of(seeds).boxed().toList(),
                        guided), () -> opened.get().generate(texts, seeds, guided, watcher))
                : opened.get().generate(batch.images.stream().map(j -> guides.image(batch.task, j)).toList(), texts, seeds,
                        plan.guides().strength(), guided, watcher);
        writer.write(() -> {
            for (int j : batch.wanted) {
                Generated one = made.get(batch.images.indexOf(j));
                Origin origin = new Origin(one.prompt(), one.seed(), guided.scheduler(), guided.steps(), guided.guidance(),
                        modelHash, fingerprint);
                set.add(batch.task, j, one.image(), plan.quality(), origin);
                written.run();
            }
        });
    }
}
