package gift.recognition;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.clip.ZeroShotClassifier;
import gift.data.DatasetSource;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.diffusion.Sampling;
import gift.generate.ClassPrompts;
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
    private final DatasetSource data;
    private final Path base;
    private final Path folder;
    private final Task task;

    /**
     * @param data where models and sentences are looked for, too
     * @param base to which paths of the settings are relative
     * @param folder of the task's images
     */
    GeneratedImages(RecognitionConfig config, DatasetSource data, Path base, Path folder, Task task) {
        this.config = config;
        this.data = data;
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
                : RecordedSentences.read(data.beside(base, s.sentences()));
    }

    /** The images from sentences, class by class; draws those that are missing. */
    ImageDataset synthetic() {
        Synthetic s = config.synthetic();
        Map<String, List<String>> sentences = new LinkedHashMap<>();
        SentenceRules.choose(source(), labels(), s.count(), s.seed())
                .forEach((label, own) -> sentences.put(label, own.stream().map(Sentence::text).toList()));
        return fromSentences("synthetic", sentences, s.wrapper(task.name()), s.perSentence());
    }

    /** As many images from the class names alone, by the task's prompt of training; draws those that are missing. */
    ImageDataset fromNames() {
        Map<String, List<String>> names = new LinkedHashMap<>();
        labels().forEach(label -> names.put(label, List.of(label)));
        return fromSentences("names", names, task.templates().get(0), config.synthetic().images());
    }

    private ImageDataset fromSentences(String name, Map<String, List<String>> sentences, String wrapper, int perSentence) {
        Synthetic s = config.synthetic();
        Path place = folder.resolve(name);
        ClassPrompts.draw(new ClassPrompts(data.beside(base, s.model()), sentences, wrapper, perSentence, settings(s.seed(), s.sampling()))
                .write(place));
        return ClassPrompts.read(task.name() + "/" + name, place, labels(), s.images());
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
        String model = config.guided().model().isEmpty() ? config.synthetic().model() : config.guided().model();
        ClassPrompts all = new ClassPrompts(data.beside(base, model), prompts,
                task.templates().get(0), copies * k, settings(seed, config.guided().sampling()));
        ClassPrompts.draw(all.write(place, guides, config.guided().strength(k)));
        return ClassPrompts.read(task.name() + "/guided", place, labels(), copies * k);
    }

    private GenerationPlan settings(long seed, Sampling sampling) {
        return ClassPrompts.settings(config.about(), seed, sampling, config.device());
    }

    /**
     * The numbers of the images that the filter keeps, class by class. What it did is left in {@code <report>.csv}, and examples
     * in {@code <report>.png}: of every class some that passed, were filled up, and were dropped.
     *
     * @param features of the images, class by class, as many of each
     */
    int[] filtered(Clip model, Tokenizer tokenizer, ImageDataset images, FeatureSet features, String report) {
        List<List<String>> rows = new ArrayList<>();
        List<Sheet.Row> examples = new ArrayList<>();
        rows.add(List.of("class", "images", "passed", "filled_up", "kept", "dropped", "first_dropped"));
        List<ClipFilter.Selection> selections = selections(model, tokenizer, features, config.filter());
        int each = features.size() / selections.size();
        for (int c = 0; c < selections.size(); c++) {
            rows.add(row(task.classNames().get(c), selections.get(c)));
            examples.addAll(examples(images, c * each, task.classNames().get(c), selections.get(c)));
        }
        Csv.write(folder.resolve(report + ".csv"), rows);
        ImageFiles.writePng(folder.resolve(report + ".png"), Sheet.of(examples, 3, 1));
        return numbers(selections, each);
    }

    /** The same by another filter, without a report. */
    int[] filtered(Clip model, Tokenizer tokenizer, FeatureSet features, ClipFilter filter) {
        List<ClipFilter.Selection> selections = selections(model, tokenizer, features, filter);
        return numbers(selections, features.size() / selections.size());
    }

    private static int[] numbers(List<ClipFilter.Selection> selections, int each) {
        return IntStream.range(0, selections.size()).boxed()
                .flatMapToInt(c -> selections.get(c).kept().stream().mapToInt(i -> c * each + i)).toArray();
    }

    /** What a filter keeps of each class. */
    private List<ClipFilter.Selection> selections(Clip model, Tokenizer tokenizer, FeatureSet features, ClipFilter filter) {
        int classes = task.classNames().size();
        int each = features.size() / classes;
        List<ClipFilter.Selection> all = new ArrayList<>();
        try (NDArray texts = ZeroShotClassifier.textFeatures(model, tokenizer, task.trainingPrompts());
                NDArray scale = Scopes.withoutGradients(model::scale)) {
            for (int c = 0; c < classes; c++) {
                FeatureSet own = features.subset(IntStream.range(c * each, (c + 1) * each).toArray());
                float[] confidences;
                try (NDArray x = model.manager().create(own.values(), new Shape(each, own.width()))) {
                    confidences = ClipFilter.confidences(x, texts, scale.getFloat(), c);
                }
                all.add(filter.select(confidences, task.classNames().get(c), c, classes));
            }
        }
        return all;
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
