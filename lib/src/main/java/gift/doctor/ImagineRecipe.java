package gift.doctor;

import gift.clip.ClipConfig;
import gift.continual.RunCost;
import gift.data.Task;
import gift.imagine.AdapterConfig;
import gift.imagine.ImagineConfig.Pooling;
import gift.imagine.ImagineStudyConfig;
import gift.imagine.ImagineStudyConfig.Method;
import gift.imagine.ImagineStudyConfig.Pretraining;
import gift.imagine.ImagineStudyConfig.Source;
import gift.imagine.PretrainingSettings;
import gift.imagine.TuningSettings;
import java.util.ArrayList;
import java.util.List;

/** A recipe of {@code gift imagine}: pretrainings of adapters, then tuning with a search. */
record ImagineRecipe(ImagineStudyConfig config) implements FewShotRecipe {
    private static final double BOTH = 1 + RunCost.BACKWARD; // passes forward and backward, in passes forward

    @Override
    public String command() {
        return "imagine";
    }

    @Override
    public List<Named> files() {
        List<Named> files = new ArrayList<>();
        if (!config.baseSet().folder().isEmpty()) {
            files.add(new Named("base_set.folder", config.baseSet().folder()));
        } else if (!config.baseSet().captions().isEmpty()) {
            files.add(new Named("base_set.captions", config.baseSet().captions()));
        } else {
            config.tasks().forEach(task -> files.add(new Named("base_set.factors", config.baseSet().factors() + "/" + task + ".json")));
        }
        config.usedPretrainings().stream().map(config::pretraining).filter(p -> !p.weights().isEmpty())
                .forEach(p -> files.add(new Named("pretraining.weights", p.weights())));
        return files;
    }

    private int views() {
        return config.baseSet().count() * config.baseSet().views();
    }

    @Override
    public List<Drawing> drawings(List<Task> tasks) {
        long classes = tasks.stream().flatMap(task -> task.classNames().stream()).distinct().count();
        return config.baseSet().folder().isEmpty()
                ? List.of(new Drawing(config.baseSet().model(), config.baseSet().sampling(), classes * views())) : List.of();
    }

    @Override
    public List<Work> work(List<Task> tasks, ClipConfig clip) {
        List<Work> work = new ArrayList<>();
        config.usedPretrainings().stream().filter(name -> config.pretraining(name).weights().isEmpty())
                .forEach(name -> work.add(pretraining(name, config.pretraining(name), clip)));
        config.methods().forEach((name, method) -> work.add(tuning(name, method, tasks, clip)));
        return work;
    }

    private static AdapterConfig size(Pretraining pretraining, ClipConfig clip) {
        return pretraining.adapter() == null ? AdapterConfig.forWidth(clip.embedDim()) : pretraining.adapter();
    }

    private static int tokens(ClipConfig clip) {
        int grid = clip.imageResolution() / clip.visionPatchSize();
        return grid * grid + 1;
    }

    /** The teacher sees 2 B crops whole; the student takes of the tower what is masked, and all through adapter and heads. */
    private Work pretraining(String name, Pretraining pretraining, ClipConfig clip) {
        PretrainingSettings s = pretraining.settings();
        double crops = 2.0 * s.batchSize();
        double masked = s.patchWeight() == 0 ? 0 : crops * s.maskedShare();
        double patches = masked * (s.leastMasked() + s.mostMasked()) / 2 * (tokens(clip) - 1);
        AdapterConfig size = size(pretraining, clip);
        int features = (pretraining.pooling() == Pooling.MOMENTS ? 4 : 1) * size.width();
        double own = crops * (Flops.adapter(size, tokens(clip)) + Flops.head(pretraining.heads(), features))
                + patches * Flops.head(pretraining.heads(), size.width());
        double image = Flops.image(clip);
        String on = pretraining.images() == Source.REAL ? " on real images" : "";
        return new Work("pretraining " + name + on, 1, s.updates() * BOTH * (masked * image + own),
                s.updates() * (crops * image + own), 0);
    }

    private Work tuning(String name, Method method, List<Task> tasks, ClipConfig clip) {
        double image = Flops.image(clip);
        double adapter = Flops.adapter(size(config.pretraining(method.pretraining()), clip), tokens(clip));
        double passes = 0; // images that training sees
        double evaluated = 0;
        for (Task task : tasks) {
            for (int shots : config.shots(method)) {
                int items = Math.max(shots, views()) * task.classNames().size();
                double validation = FewShotRecipe.tested(task, config.validationImages());
                passes += passes(method, items);
                evaluated += validation * (trials(method) + 1) + FewShotRecipe.tested(task, config.testImages());
            }
        }
        int seeds = config.seeds().size();
        double trained = seeds * passes * BOTH * (adapter + (method.lowRank() ? image : 0));
        double forward = method.lowRank() ? 0 : seeds * passes * image;
        return new Work(name, seeds * tasks.size() * config.shots(method).size(), trained, forward,
                seeds * evaluated * (image + adapter));
    }

    private static int or(List<?> tried) {
        return Math.max(1, tried.size());
    }

    /** Trainings of a search, at most. */
    private int trials(Method method) {
        ImagineStudyConfig.Search s = config.search();
        return or(s.rates()) * (method.lowRank() ? or(s.lowRankRates()) * or(s.ranks()) * or(s.alphas()) : or(s.epochs()));
    }

    /** Images that all trainings of a search see, at most: real ones and as many synthetic ones. */
    private double passes(Method method, int items) {
        TuningSettings settings = config.tuning(method, 0);
        List<Integer> searched = method.lowRank() ? List.of() : config.search().epochs();
        List<Integer> epochs = searched.isEmpty() ? List.of(settings.epochs()) : searched;
        double updates = epochs.stream().mapToDouble(count -> settings.withEpochs(count).updates(items)).sum();
        return trials(method) / epochs.size() * updates * 2 * settings.batchSize();
    }

    /** The frozen CLIP, an adapter with its copies, and what the larger of pretraining and tuning keeps for its gradient. */
    @Override
    public long memory(ClipConfig clip) {
        int layers = clip.visionLayers().stream().mapToInt(n -> n).sum();
        long image = (long) tokens(clip) * clip.visionWidth() * layers;
        long most = 0;
        for (Method method : config.methods().values()) {
            Pretraining pretraining = config.pretraining(method.pretraining());
            AdapterConfig size = size(pretraining, clip);
            long adapter = (long) tokens(clip) * size.width() * size.blocks();
            PretrainingSettings s = pretraining.settings();
            long crops = 2L * s.batchSize();
            boolean trains = !method.pretraining().equals(ImagineStudyConfig.NONE) && pretraining.weights().isEmpty();
            double masked = s.patchWeight() == 0 ? 0 : s.maskedShare();
            most = Math.max(most, trains ? (long) (crops * (masked * image + adapter)) : 0);
            long batch = 2L * config.tuning(method, 0).batchSize();
            most = Math.max(most, batch * (adapter + (method.lowRank() ? image : 0)));
        }
        return 2 * Needs.weights(clip) + Needs.kept(most);
    }

    /** Adapters, and with low-rank weights towers, of all trainings of all runs. */
    @Override
    public long kept(ClipConfig clip) {
        return !config.keepWeights() ? 0 : config.methods().values().stream().mapToLong(method -> {
            AdapterConfig size = size(config.pretraining(method.pretraining()), clip);
            long adapter = Float.BYTES * size.values();
            return (long) config.seeds().size() * config.shots(method).size() * config.tasks().size() * trials(method)
                    * (adapter + (method.lowRank() ? Needs.weights(clip) / 2 : 0));
        }).sum();
    }
}
