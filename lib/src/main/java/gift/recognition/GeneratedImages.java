package gift.recognition;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.clip.ZeroShotClassifier;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.diffusion.Sampling;
import gift.generate.ClassPrompts;
import gift.generate.Generation;
import gift.generate.GenerationPlan;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.image.Preprocess;
import gift.io.Csv;
import gift.mini.Sheet;
import gift.recognition.RecognitionConfig.Synthetic;
import gift.sentences.RecordedSentences;
import gift.sentences.Sentence;
import gift.sentences.SentenceRules;
import gift.sentences.SentenceSource;
import gift.tensor.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** The generated images of one task: sentences, images, filter. What is there already is not made again. */
final class GeneratedImages {
    private static final int EXAMPLES = 6; // of every kind
    private static final int EXAMPLE = 64; // pixels of a side
    private static final Image BLANK = blank();

    private final RecognitionConfig config;
    private final Path base;
    private final Path folder;
    private final Task task;

    /**
     * @param base to which paths of the settings are relative
     * @param folder of the task's images
     */
    GeneratedImages(RecognitionConfig config, Path base, Path folder, Task task) {
        this.config = config;
        this.base = base;
        this.folder = folder;
        this.task = task;
    }

    private List<String> labels() {
        return task.classNames().stream().map(name -> name.replace('_', ' ')).toList();
    }

    /** What made the sentences, for reports. */
    SentenceSource source() {
        Synthetic s = config.synthetic();
        return s.sentences().isEmpty() ? s.grammar().withSeed(s.seed())
                : RecordedSentences.read(base.resolve(s.sentences()).normalize());
    }

    /** The images from sentences, class by class; draws those that are missing. */
    ImageDataset synthetic() {
        Synthetic s = config.synthetic();
        Map<String, List<String>> sentences = new LinkedHashMap<>();
        SentenceRules.choose(source(), labels(), s.count(), s.seed())
                .forEach((label, own) -> sentences.put(label, own.stream().map(Sentence::text).toList()));
        Path place = folder.resolve("synthetic");
        ClassPrompts prompts = new ClassPrompts(base.resolve(s.model()), sentences, s.wrapper(), s.perSentence(),
                settings(s.seed(), s.sampling()));
        draw(prompts.write(place));
        return ClassPrompts.read(task.name() + "/synthetic", place, labels(), s.images());
    }

    /**
     * Images from real ones, class by class; draws those that are missing.
     *
     * @param shots k real images of every class
     */
    ImageDataset guided(FewShots shots, long seed) {
        int k = shots.shots().length / task.classNames().size();
        int copies = config.guided().copies(k);
        Map<String, List<String>> prompts = new LinkedHashMap<>();
        labels().forEach(label -> prompts.put(label, List.of(label)));
        List<List<Image>> guides = new ArrayList<>();
        for (int c = 0; c < task.classNames().size(); c++) {
            int first = c * k;
            guides.add(IntStream.range(first, first + k).mapToObj(i -> task.train().image(shots.shots()[i])).toList());
        }
        Path place = folder.resolve("guided").resolve(k + "_shots_" + seed);
        ClassPrompts all = new ClassPrompts(base.resolve(config.synthetic().model()), prompts,
                task.templates().get(0), copies * k, settings(seed, config.guided().sampling()));
        draw(all.write(place, guides, config.guided().strength(k)));
        return ClassPrompts.read(task.name() + "/guided", place, labels(), copies * k);
    }

    private GenerationPlan settings(long seed, Sampling sampling) {
        GenerationPlan d = GenerationPlan.DEFAULT;
        return new GenerationPlan(config.about(), "", "", d.generic(), List.of(), Map.of(), 1, seed, sampling, null, d.output(), 1,
                config.device(), d.precision(), d.draw(), 0, "", "", null, null);
    }

    private static void draw(Path plan) {
        Generation generation = new Generation(plan, null);
        if (generation.left() > 0) {
            generation.run(0, generation.total());
        }
    }

    /**
     * The numbers of the images that the filter keeps, class by class. What it did is left in {@code filter.csv}, and examples
     * in {@code filter.png}: of every class some that passed, were filled up, and were dropped.
     *
     * @param features of the images, class by class, as many of each
     */
    int[] filtered(Clip model, Tokenizer tokenizer, ImageDataset images, FeatureSet features) {
        int classes = task.classNames().size();
        int each = features.size() / classes;
        List<Integer> kept = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        List<Sheet.Row> examples = new ArrayList<>();
        rows.add(List.of("class", "images", "passed", "filled_up", "kept", "dropped", "first_dropped"));
        try (NDArray texts = ZeroShotClassifier.textFeatures(model, tokenizer, task.trainingPrompts());
                NDArray scale = Scopes.withoutGradients(model::scale)) {
            for (int c = 0; c < classes; c++) {
                int first = c * each;
                FeatureSet own = features.subset(IntStream.range(first, first + each).toArray());
                float[] confidences;
                try (NDArray x = model.manager().create(own.values(), new Shape(each, own.width()))) {
                    confidences = ClipFilter.confidences(x, texts, scale.getFloat(), c);
                }
                ClipFilter.Selection selection = config.filter().select(confidences, task.classNames().get(c), c, classes);
                selection.kept().forEach(i -> kept.add(first + i));
                rows.add(row(task.classNames().get(c), selection));
                examples.addAll(examples(images, first, task.classNames().get(c), selection));
            }
        }
        Csv.write(folder.resolve("filter.csv"), rows);
        ImageFiles.writePng(folder.resolve("filter.png"), Sheet.of(examples, 3, 1));
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }

    private static Image blank() {
        byte[] white = new byte[3 * EXAMPLE * EXAMPLE];
        Arrays.fill(white, (byte) 255);
        return new Image(EXAMPLE, EXAMPLE, white);
    }

    /** Three rows: some that passed, were filled up, and were dropped; blank where there are none. */
    private static List<Sheet.Row> examples(ImageDataset images, int first, String name, ClipFilter.Selection s) {
        return List.of(example(images, first, name + " kept", s.kept().stream().filter(s.passing()::contains).toList()),
                example(images, first, name + " filled up", s.filledUp()),
                example(images, first, name + " dropped", s.dropped()));
    }

    private static Sheet.Row example(ImageDataset images, int first, String label, List<Integer> numbers) {
        List<Image> some = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            some.add(i >= numbers.size() ? BLANK : Preprocess.resize(images.image(first + numbers.get(i)), EXAMPLE, EXAMPLE));
        }
        return new Sheet.Row(label, some);
    }

    private static List<String> row(String name, ClipFilter.Selection s) {
        List<String> dropped = s.dropped().stream().limit(5).map(i -> String.format(Locale.ROOT, "%d.jpeg", i)).toList();
        return List.of(name, Integer.toString(s.images()), Integer.toString(s.passing().size()),
                Integer.toString(s.filledUp().size()),
                Integer.toString(s.kept().size()), Integer.toString(s.dropped().size()), String.join(" ", dropped));
    }
}
