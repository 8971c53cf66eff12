package gift.generate;

import gift.data.ClassNames;
import gift.data.Task;
import gift.diffusion.Sampling;
import gift.incremental.ClassIncremental;
import gift.incremental.ClassIncremental.Step;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.sources.Sources;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What synthetic images are to be made for a sequence of tasks. Paths are relative to the plan's file.
 *
 * @param about what it is for, in words
 * @param model folder of a Stable Diffusion in the layout of diffusers, or of a GLIDE (base.pt, upsample.pt, vocab.bpe.gz)
 * @param data mini where the names below are those of the procedural world; empty for published data sets
 * @param generic the pool that every task draws from: a data set with known class names, or a name in {@code prompts}
 * @param tasks in the order of learning, named as {@code generic} is; task k draws from the generic pool and from the
 *     class prompts of the tasks before it
 * @param prompts files of prompts by the name that stands for them: one a line, or a table with a column {@code text}
 * @param images of each task
 * @param seed of prompts and images
 * @param sampling how images are made; without a scheduler the model's own, and dpmsolver below 50 steps, as published
 * @param taskGuidance guidance scale for the class prompts of earlier tasks; null for that of {@code sampling}, as published.
 *     Little guidance gives the varied images that hold the zero-shot ability, more of it the recognizable ones that
 *     hold what a class looks like
 * @param output folder of the set
 * @param quality of the JPEGs, 0 to 1
 * @param device auto, cpu, gpu0, ...
 * @param precision in which the model computes
 * @param draw how the prompt of an image is drawn from its pool
 * @param listRows with {@link Draw#PYTHON}, how many prompts are drawn for each task, of which the images take the first;
 *     0 for as many as images. The published lists have 10,000 rows in order I and 1,000 in order II
 * @param lists a folder with {@code <task>_Syn/image_text.csv} for every task, whose row j is the prompt of image j; empty
 *     for prompts that are drawn
 * @param classesOf a data set whose classes are learnt step by step: the steps of {@code scenario} are the tasks, and step k
 *     draws from the generic pool and the class prompts of the steps before it; else empty
 * @param scenario of {@code classesOf}; else null
 * @param guides images to begin with in place of noise (real guidance, He et al. 2023); null for none
 */
public record GenerationPlan(
        String about,
        String model,
        String data,
        String generic,
        List<String> tasks,
        Map<String, String> prompts,
        int images,
        long seed,
        Sampling sampling,
        Double taskGuidance,
        String output,
        double quality,
        String device,
        Precision precision,
        Draw draw,
        int listRows,
        String lists,
        String classesOf,
        Scenario scenario,
        Guides guides) {

    /** As in a study: the same settings there and here make the same steps. */
    public record Scenario(ClassIncremental classIncremental) {}

    /**
     * Images that others are made from. Task k takes those of {@code <folder>/<task>/0.png, 1.png, ...}, of which there are n;
     * its images are shared out among them in order, images / n each.
     *
     * @param folder relative to the plan's file
     * @param strength share of the way that a guide is noised, above 0 and at most 1
     */
    public record Guides(String folder, double strength) {
        public Guides {
            require(folder != null && !folder.isEmpty(), "guides: folder is missing: that of the images");
            require(strength > 0 && strength <= 1, "guides: strength " + strength + " must be above 0 and at most 1");
        }
    }

    /** How prompts are drawn, uniformly and with replacement. */
    public enum Draw {
        /** From a stream of its own for every image, so that an image's prompt depends on no other one. */
        OWN,
        /** As the published code does: Python's {@code random.seed(seed)}, then {@code random.choice} task by task. */
        PYTHON
    }

    /** The published settings. */
    public static final GenerationPlan DEFAULT = new GenerationPlan("", "", "", "ImageNet", List.of(), Map.of(), 1000, 42,
            Sampling.DEFAULT, null, "synthetic", 0.95, "auto", Precision.FP32, Draw.OWN, 0, "", "",
            null, null);

    private static final int MOST_IMAGES = 100_000; // of a task, and seeds between one task and the next
    private static final long SEEDS = 10_000_000;   // between one plan and the next

    public GenerationPlan {
        tasks = tasks == null ? List.of() : List.copyOf(tasks);
        prompts = prompts == null ? Map.of() : new LinkedHashMap<>(prompts);
        require(images > 0 && images <= MOST_IMAGES, "images " + images + " must be between 1 and " + MOST_IMAGES);
        lists = lists == null ? "" : lists;
        require(tasks.size() <= SEEDS / MOST_IMAGES || !lists.isEmpty(), tasks.size() + " tasks are more than the seeds are laid out"
                + " for, " + SEEDS / MOST_IMAGES);
        for (String task : tasks) {
            require(tasks.indexOf(task) == tasks.lastIndexOf(task), "task " + task + " is named twice");
            require(task.matches("[A-Za-z0-9][A-Za-z0-9._-]*"), "task '" + task + "' must be letters, digits, ., _ and -:"
                    + " it names a folder");
        }
        require(data.isEmpty() || !Sources.isFolder(data), "data '" + data + "' is not " + Sources.WORLD
                + ", the one place other than the published data sets whose class names are known");
        require(quality >= 0 && quality <= 1, "quality " + quality + " must be between 0 and 1");
        require(sampling != null, "sampling must be an object of settings");
        require(taskGuidance == null || Double.isFinite(taskGuidance), "task_guidance " + taskGuidance + " must be a number");
        require(precision != null, "precision is empty: fp32, fp16 or bf16");
        require(draw != null, "draw is empty: own or python");
        require(listRows == 0 || draw == Draw.PYTHON, "list_rows " + listRows + " goes with \"draw\": \"python\" alone");
        require(listRows == 0 || listRows >= images, "list_rows " + listRows + " must be 0 or at least images, " + images);
        require(lists.isEmpty() || draw == Draw.OWN, "lists gives every image its prompt: leave out draw");
        classesOf = classesOf == null ? "" : classesOf;
        require(scenario == null || scenario.classIncremental != null,
                "scenario is empty: {\"class_incremental\": {...}}, or leave it out");
        require(classesOf.isEmpty() == (scenario == null), "classes_of and scenario go together: a data set, and how its classes"
                + " are learnt step by step");
        require(Math.abs(seed) < Long.MAX_VALUE / SEEDS, "seed " + seed + " is too large");
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "plan: " + message);
    }

    /** @throws InputException naming the file and what is wrong in it */
    public static GenerationPlan read(Path file) {
        return read(file, Overrides.NONE);
    }

    /** The same with other settings in place of some of the file's. */
    public static GenerationPlan read(Path file, Overrides overrides) {
        GenerationPlan plan = Json.read(file, GenerationPlan.class, DEFAULT, overrides);
        if (plan.scenario != null) {
            require(plan.tasks.isEmpty(), "tasks are the steps of the scenario: leave them out");
            plan = Json.replace(plan, "tasks", plan.steps(file.toAbsolutePath().getParent()).stream().map(Step::name).toList());
        }
        require(!plan.tasks.isEmpty(), "tasks names no task to make images for");
        require(!plan.model.isEmpty(), "model is missing: the folder of a Stable Diffusion");
        return plan;
    }

    /** Images of all tasks. */
    public int total() {
        return tasks.size() * images;
    }

    /**
     * The seed of image j of task k, both from 0: j + 100000 k + 10000000 seed. With more than 100 tasks, which a plan with lists
     * may have, seeds of the later ones are those of plans with higher seeds.
     */
    public long imageSeed(int task, int image) {
        return image + (long) MOST_IMAGES * task + SEEDS * seed;
    }

    /** With {@link Draw#OWN}: the number of the prompt of image j of task k, uniform among those of a pool. */
    public int draw(int task, int image, int pool) {
        return RandomStream.of(seed, "prompt", task, image).nextInt(pool);
    }

    /** The guidance scale of a generic prompt, or of a class prompt of an earlier task. */
    double guidance(boolean generic) {
        return generic || taskGuidance == null ? sampling.guidance() : taskGuidance;
    }

    /**
     * The prompts of every name that the plan uses: one a class by the data set's training template, or those of a file.
     *
     * @param folder of the plan's file
     * @throws InputException if a name is unknown or a file cannot be used
     */
    public Map<String, List<String>> pools(Path folder) {
        Map<String, List<String>> pools = new LinkedHashMap<>();
        pools.put(generic, pool(generic, folder));
        if (scenario != null) {
            ClassNames all = classes(folder);
            String template = scenario.classIncremental.templates(classesOf, all.templates()).get(0);
            steps(folder).forEach(step -> pools.put(step.name(), Task.prompts(template,
                    Arrays.stream(step.classes()).mapToObj(all.names()::get).toList())));
        }
        tasks.forEach(task -> pools.computeIfAbsent(task, name -> pool(name, folder)));
        for (String name : prompts.keySet()) {
            require(pools.containsKey(name), "prompts names '" + name + "', which is neither generic nor a task"
                    + Json.nearest(name, pools.keySet()));
        }
        return pools;
    }

    private List<Step> steps(Path folder) {
        return scenario.classIncremental.steps(classesOf, classes(folder).names());
    }

    /** Of the data set whose classes are learnt step by step. */
    private ClassNames classes(Path folder) {
        if (data.isEmpty()) {
            return ClassNames.of(classesOf);
        }
        Task task = Sources.of(folder, null, data, List.of(classesOf)).openUnseen(classesOf);
        return new ClassNames(classesOf, task.classNames(), task.templates(), List.of());
    }

    private List<String> pool(String name, Path folder) {
        if (!prompts.containsKey(name) && !data.isEmpty()) {
            return Sources.of(folder, null, data, tasks).openUnseen(name).trainingPrompts();
        }
        if (!prompts.containsKey(name)) {
            if (!ClassNames.sets().contains(name)) {
                throw new InputException("plan: no class names for '" + name + "'" + Json.nearest(name, ClassNames.sets())
                        + "; or give a file of prompts under \"prompts\"");
            }
            return ClassNames.of(name).trainingPrompts();
        }
        return PromptFile.read(folder.resolve(prompts.get(name)).normalize(), "the prompts of " + name);
    }

    /**
     * The prompts that task k draws from: the generic ones, then those of the tasks before it.
     *
     * @param pools of {@link #pools}
     */
    public List<String> poolOf(int task, Map<String, List<String>> pools) {
        List<String> pool = new ArrayList<>(pools.get(generic));
        tasks.subList(0, task).forEach(name -> pool.addAll(pools.get(name)));
        return pool;
    }
}
