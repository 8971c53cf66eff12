package gift.doctor;

import gift.clip.ClipConfig;
import gift.continual.Method;
import gift.continual.Method.Texts;
import gift.continual.RunCost;
import gift.study.Study;
import gift.study.StudyConfig;
import gift.study.StudyMethod;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Estimated seconds of a study's runs: FLOPs over measured throughput, and the time to read images. */
final class Hours {
    private static final int RANDOM_SENTENCES = 1000;

    private final StudyConfig config;
    private final ClipConfig clip;
    private final Throughput speed;
    private final List<TaskSize> tasks;
    private final List<TaskSize> watched;
    private final Map<String, Pairs> references;

    /**
     * What of a task decides the time.
     *
     * @param number of the task in the study, from 0
     * @param tokens of a training prompt, at the longest
     * @param templates prompts of all templates together are classes times these
     * @param read seconds to decode an image
     * @param prepare seconds to bring a decoded image to the model's size
     */
    record TaskSize(int number, int classes, int templates, int tokens, int train, int test, double read, double prepare) {}

    /** What of a reference set decides the time: pairs and distinct texts of a task, tokens of a long one. */
    record Pairs(int pairs, int texts, int tokens, double read) {}

    /** Seconds of one run. */
    record Run(String method, int runs, double training, double evaluation) {
        double total() {
            return runs * (training + evaluation);
        }
    }

    Hours(StudyConfig config, ClipConfig clip, Throughput speed, List<TaskSize> tasks, List<TaskSize> watched,
            Map<String, Pairs> references) {
        this.config = config;
        this.clip = clip;
        this.speed = speed;
        this.tasks = tasks;
        this.watched = watched;
        this.references = references;
    }

    Run of(StudyMethod one) {
        RunCost cost = new RunCost(one.method(), one.training())
                .forImages(tasks.stream().collect(Collectors.toMap(TaskSize::number, TaskSize::train)));
        double training = 0;
        for (int t = 0; t < tasks.size(); t++) {
            int updates = cost.updates(tasks.get(t).number());
            training += updates == 0 ? 0 : training(cost, t, updates);
        }
        int evaluations = cost.evaluations(tasks.size());
        int watchings = 1 + tasks.size();
        double evaluation = tasks.stream().mapToDouble(task -> evaluation(task, evaluations)).sum()
                + watched.stream().mapToDouble(task -> evaluation(task, watchings)).sum();
        return new Run(one.name(), config.seeds().size(), training, evaluation);
    }

    private double training(RunCost cost, int t, int updates) {
        TaskSize task = tasks.get(t);
        Method method = cost.method();
        Pairs pairs = method.usesReference() ? pairs(method, task, t) : new Pairs(0, 0, 0, 0);
        RunCost.Sizes sizes = new RunCost.Sizes(task.train(), task.classes(), pairs.pairs(), pairs.texts());
        RunCost.Passes passes = cost.passes(task.number(), sizes);
        double image = Flops.image(clip);
        double prompt = Flops.text(clip, task.tokens());
        double text = Flops.text(clip, pairs.tokens());
        double student = cost.studentPass(task.number());
        double step = student * (passes.images() + passes.referenceImages()) * image / speed.imageTraining()
                + student * (passes.prompts() * prompt + passes.referenceTexts() * text) / speed.textTraining()
                + passes.teacherImages() * image / speed.image() + passes.teacherTexts() * text / speed.text()
                + Needs.weights(clip) / 4.0 * cost.weightPasses() / speed.values();
        double once = passes.onceImages() * image / speed.image() + passes.onceTexts() * text / speed.text();
        double waiting = 0; // for images that are made within the step
        if (cost.usesPairs(sizes)) {
            double drawn = cost.cropsReference() ? (double) updates * cost.referenceBatch(task.number(), sizes) : pairs.pairs();
            waiting = drawn * (pairs.read() + task.prepare());
        }
        double herding = method.keepsExemplars() ? task.train() * (image / speed.image() + task.read() + task.prepare()) : 0;
        double fisher = t == 0 ? 0 : fisher(cost, task.number(), tasks.get(t - 1));
        double drawn = (double) updates * passes.images();
        boolean kept = 3.0 * 4 * clip.imageResolution() * clip.imageResolution() * task.train() < Study.IMAGES_KEPT;
        double reading = drawn * task.prepare() + (kept ? Math.min(drawn, task.train()) : drawn) * task.read();
        return Math.max(updates * step, reading) + waiting + once + herding + fisher; // images are read beside the steps
    }

    /** Of EWC before task number t: the Fisher information of the task before, image by image. */
    private double fisher(RunCost cost, int t, TaskSize before) {
        return cost.fisherImages(t) * cost.studentPass(before.number()) * (Flops.image(clip) / speed.imageTraining()
                + before.classes() * Flops.text(clip, before.tokens()) / speed.textTraining());
    }

    private Pairs pairs(Method method, TaskSize task, int t) {
        Pairs pairs = withOwnTexts(method, task, t);
        return method.texts() != Texts.SEEN ? pairs : new Pairs(pairs.pairs(),
                tasks.subList(0, t + 1).stream().mapToInt(TaskSize::classes).sum(), task.tokens(), pairs.read());
    }

    private Pairs withOwnTexts(Method method, TaskSize task, int t) {
        Pairs own = new Pairs(task.train(), task.classes(), task.tokens(), task.read());
        return switch (method.reference()) {
            case Method.TASK -> method.texts() == Texts.RANDOM
                    ? new Pairs(task.train(), RANDOM_SENTENCES, clip.contextLength() / 2, task.read()) : own;
            case Method.EXEMPLARS -> new Pairs(Math.min(method.memory(), tasks.subList(0, t).stream().mapToInt(TaskSize::train).sum()),
                    task.classes(), task.tokens(), task.read());
            default -> references.getOrDefault(method.reference(), own);
        };
    }

    /** All test images so many times; those that fit are read once. */
    private double evaluation(TaskSize task, int times) {
        int size = config.testImages() == 0 ? task.test() : Math.min(config.testImages(), task.test());
        long image = 3L * clip.imageResolution() * clip.imageResolution();
        double kept = Math.min(size, (double) (Study.IMAGES_KEPT / image));
        double reading = (task.read() + task.prepare()) * (kept + times * (size - kept));
        double prompts = (double) task.classes() * task.templates() * Flops.text(clip, task.tokens());
        return reading + times * (size * Flops.image(clip) / speed.image() + prompts / speed.text());
    }
}
