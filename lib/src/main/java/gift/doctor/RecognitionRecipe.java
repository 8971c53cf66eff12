package gift.doctor;

import gift.clip.ClipConfig;
import gift.continual.RunCost;
import gift.data.Task;
import gift.diffusion.Sampling;
import gift.recognition.RecognitionConfig;
import gift.recognition.RecognitionMethod;
import java.util.ArrayList;
import java.util.List;

/** A recipe of {@code gift recognition}: the tower sees every image once, heads are trained on features. */
record RecognitionRecipe(RecognitionConfig config) implements FewShotRecipe {
    @Override
    public String command() {
        return "recognition";
    }

    @Override
    public List<Named> files() {
        return config.synthetic().sentences().isEmpty() ? List.of()
                : List.of(new Named("synthetic.sentences", config.synthetic().sentences()));
    }

    private List<RecognitionMethod> methods() {
        return config.methods().stream().map(RecognitionMethod::of).toList();
    }

    private static int classes(List<Task> tasks) {
        return tasks.stream().mapToInt(task -> task.classNames().size()).sum();
    }

    @Override
    public List<Drawing> drawings(List<Task> tasks) {
        List<Drawing> drawings = new ArrayList<>();
        String model = config.synthetic().model();
        Sampling sampling = config.synthetic().sampling();
        long images = (long) classes(tasks) * config.synthetic().images();
        if (methods().stream().anyMatch(m -> m.usesGenerated() && m != RecognitionMethod.GUIDED
                && m != RecognitionMethod.SYNTHETIC_NAMES)) {
            drawings.add(new Drawing(model, sampling, images));
        }
        if (methods().contains(RecognitionMethod.SYNTHETIC_NAMES)) {
            drawings.add(new Drawing(model, sampling, images));
        }
        if (methods().contains(RecognitionMethod.GUIDED)) {
            String own = config.guided().model();
            long guided = config.shots().stream().mapToLong(k -> (long) k * config.guided().copies(k)).sum();
            drawings.add(new Drawing(own.isEmpty() ? model : own, config.guided().sampling(),
                    guided * classes(tasks) * config.seeds().size()));
        }
        return drawings;
    }

    @Override
    public List<Work> work(List<Task> tasks, ClipConfig clip) {
        double image = Flops.image(clip);
        double drawn = drawings(tasks).stream().mapToDouble(Drawing::images).sum();
        double seen = tasks.stream().mapToDouble(t -> t.train().size() + FewShotRecipe.tested(t, config.testImages())).sum();
        List<Work> work = new ArrayList<>();
        work.add(new Work("features of all images", 1, 0, (drawn + seen) * image, 0));
        for (RecognitionMethod method : methods()) {
            int settings = method.usesReal() ? config.shots().size() : 1;
            int seeds = method == RecognitionMethod.ZERO_SHOT ? 1 : config.seeds().size();
            work.add(new Work(method.toString(), tasks.size() * settings * seeds, heads(method, tasks, clip) * settings * seeds, 0, 0));
        }
        return work;
    }

    /** FLOPs of tuning a linear head on features, on all tasks; the baselines' are about as many. */
    private double heads(RecognitionMethod method, List<Task> tasks, ClipConfig clip) {
        if (method == RecognitionMethod.ZERO_SHOT || method == RecognitionMethod.TIP_ADAPTER) {
            return 0;
        }
        int epochs = (method.usesReal() ? config.fewShotTuning() : config.zeroShotTuning()).epochs();
        return tasks.stream().mapToDouble(task -> {
            double classes = task.classNames().size();
            double images = method.usesGenerated() ? classes * config.synthetic().images() : classes * config.shots().get(0);
            return (1 + RunCost.BACKWARD) * epochs * images * 2 * clip.embedDim() * classes;
        }).sum();
    }

    @Override
    public long memory(ClipConfig clip) {
        return 2 * Needs.weights(clip);
    }

    @Override
    public long kept(ClipConfig clip) {
        return 0;
    }
}
