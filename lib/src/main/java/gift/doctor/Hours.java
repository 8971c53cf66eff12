package gift.doctor;

import gift.clip.ClipConfig;
import gift.continual.Method;
import gift.continual.Method.Learns;
import gift.continual.Method.Texts;
import gift.continual.Method.Towers;
import gift.continual.Training;
import gift.study.Study;
import gift.study.StudyConfig;
import gift.study.StudyMethod;
import java.util.List;
import java.util.Map;

/** Estimated seconds of a study's runs: operations over measured speed, and the time to read pictures. */
final class Hours {
    private static final int RANDOM_SENTENCES = 1000;

    private final StudyConfig config;
    private final ClipConfig clip;
    private final Speed speed;
    private final List<TaskSize> tasks;
    private final List<TaskSize> watched;
    private final Map<String, Pairs> references;

    /**
     * What of a task decides the time.
     *
     * @param number of the task in the study, from 0
     * @param tokens of a training prompt, at the longest
     * @param templates prompts of all templates together are classes times these
     * @param read seconds to decode a picture
     * @param prepare seconds to bring a decoded picture to the model's size
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

    Hours(StudyConfig config, ClipConfig clip, Speed speed, List<TaskSize> tasks, List<TaskSize> watched,
            Map<String, Pairs> references) {
        this.config = config;
        this.clip = clip;
        this.speed = speed;
        this.tasks = tasks;
        this.watched = watched;
        this.references = references;
    }

    Run of(StudyMethod one) {
        boolean eachTask = one.method().learns() == Learns.TASKS;
        double training = 0;
        if (eachTask) {
            for (int t = 0; t < tasks.size(); t++) {
                Training settings = one.training().get(tasks.get(t).number());
                training += training(one.method(), settings, t, settings.iterations() + 1);
            }
        } else if (one.method().learns() == Learns.JOINTLY) {
            for (int t = 0; t < tasks.size(); t++) { // as many updates as all tasks, each on pictures of one of them
                Training settings = one.training().get(tasks.get(t).number());
                training += training(one.method(), settings, t, settings.iterations());
            }
        }
        int evaluations = 1 + (eachTask ? tasks.size() : 1);
        int watchings = 1 + tasks.size();
        double evaluation = tasks.stream().mapToDouble(task -> evaluation(task, evaluations)).sum()
                + watched.stream().mapToDouble(task -> evaluation(task, watchings)).sum();
        return new Run(one.name(), config.seeds().size(), training, evaluation);
    }

    private double training(Method method, Training training, int t, int updates) {
        TaskSize task = tasks.get(t);
        double image = Operations.image(clip);
        double passes = 1 + Speed.BACKWARD + (training.accumulation() > 1 ? 1 : 0) + (training.checkpointing() ? 1 : 0);
        int batch = Math.min(training.batchSize(), task.train());
        double values = Needs.weights(clip) / 4.0;
        double step = passes * batch * image / speed.imageTraining()
                + passes * task.classes() * Operations.text(clip, task.tokens()) / speed.textTraining()
                + values * (method.penalty() == Method.Penalty.NONE ? 1 : 2) / speed.values();
        double once = 0;
        double waiting = 0; // for pictures that are made within the step
        if (method.usesReference() && !(method.keepsExemplars() && t == 0)) {
            Pairs pairs = pairs(method, task, t);
            int reference = Math.min(training.referenceBatchSize(), pairs.pairs());
            boolean live = method.reference().equals(Method.TASK);
            double text = Operations.text(clip, pairs.tokens());
            int texts = method.texts() == Texts.PAIRED ? reference : pairs.texts();
            step += method.towers() == Towers.TEXT ? 0 : passes * reference * image / speed.imageTraining();
            step += method.towers() == Towers.IMAGE ? 0 : passes * texts * text / speed.textTraining();
            boolean taught = method.teacher() != null;
            boolean cached = training.shortcuts().cacheTeacher();
            step += !taught || cached && !live ? 0 : reference * image / speed.image();
            step += !taught || cached ? 0 : texts * text / speed.text();
            once += !taught || !cached ? 0 : pairs.texts() * text / speed.text() + (live ? 0 : pairs.pairs() * image / speed.image());
            double read = pairs.read() + task.prepare();
            waiting = live ? updates * reference * read : pairs.pairs() * read;
        }
        double herding = method.keepsExemplars() ? task.train() * (image / speed.image() + task.read() + task.prepare()) : 0;
        double fisher = method.penalty() != Method.Penalty.EWC || t == 0 ? 0 // of the task before, image by image
                : method.fisherUpdates() * (passes * image / speed.imageTraining()
                + passes * tasks.get(t - 1).classes() * Operations.text(clip, tasks.get(t - 1).tokens()) / speed.textTraining());
        double drawn = (double) updates * batch;
        boolean kept = 3.0 * 4 * clip.imageResolution() * clip.imageResolution() * task.train() < Study.PICTURES_KEPT;
        double reading = drawn * task.prepare() + (kept ? Math.min(drawn, task.train()) : drawn) * task.read();
        return Math.max(updates * step, reading) + waiting + once + herding + fisher; // pictures are read beside the steps
    }

    private Pairs pairs(Method method, TaskSize task, int t) {
        Pairs own = new Pairs(task.train(), task.classes(), task.tokens(), task.read());
        return switch (method.reference()) {
            case Method.TASK -> method.texts() == Texts.RANDOM
                    ? new Pairs(task.train(), RANDOM_SENTENCES, clip.contextLength() / 2, task.read()) : own;
            case Method.EXEMPLARS -> new Pairs(Math.min(method.memory(), tasks.subList(0, t).stream().mapToInt(TaskSize::train).sum()),
                    task.classes(), task.tokens(), task.read());
            default -> references.getOrDefault(method.reference(), own);
        };
    }

    /** All test pictures so many times; those that fit are read once. */
    private double evaluation(TaskSize task, int times) {
        int size = config.testPictures() == 0 ? task.test() : Math.min(config.testPictures(), task.test());
        long picture = 3L * clip.imageResolution() * clip.imageResolution();
        double kept = Math.min(size, (double) (Study.PICTURES_KEPT / picture));
        double reading = (task.read() + task.prepare()) * (kept + times * (size - kept));
        double prompts = (double) task.classes() * task.templates() * Operations.text(clip, task.tokens());
        return reading + times * (size * Operations.image(clip) / speed.image() + prompts / speed.text());
    }
}
