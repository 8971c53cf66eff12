package gift.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.clip.ZeroShotClassifier;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.diffusion.Generated;
import gift.diffusion.LatentImages;
import gift.diffusion.Sampling;
import gift.diffusion.StableDiffusion;
import gift.diffusion.TextToImage;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.image.Preprocess;
import gift.io.AtomicFiles;
import gift.mini.Concept;
import gift.mini.Sheet;
import gift.mini.World;
import gift.tensor.Devices;
import gift.tensor.Images;
import gift.tensor.RandomStream;
import gift.train.Progress;
import gift.train.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a Stable Diffusion of the mini world draws, judged by a CLIP: the share of generated images whose concept it
 * finds among all of the web's, beside the same share for real test images and for their reconstructions by the
 * autoencoder, which bounds what can be generated.
 */
public final class Recognition {
    private static final int BATCH = 128; // images that the CLIP sees at a time
    private static final int ON_SHEET = 3;
    private static final int SHEET_COLUMNS = 8;
    private static final int ZOOM = 2;

    private final Path diffusion;
    private final Path clip;
    private final int each;
    private final Sampling sampling;
    private final long seed;

    /** The share of one family's images that were recognized; {@code family} is "all" for all together. */
    public record Row(String images, String family, int count, int recognized) {
        public double percent() {
            return 100.0 * recognized / count;
        }
    }

    /**
     * @param diffusion folder of the Stable Diffusion
     * @param clip folder of the CLIP that judges
     * @param each images of every concept
     * @param sampling how they are made, but for the guidance
     * @param seed of the images
     */
    public Recognition(Path diffusion, Path clip, int each, Sampling sampling, long seed) {
        this.diffusion = diffusion;
        this.clip = clip;
        this.each = each;
        this.sampling = sampling;
        this.seed = seed;
    }

    /**
     * Judges real images, reconstructions and images generated at each guidance scale. Leaves
     * {@code recognition.csv} in {@code output} and a contact sheet of each kind.
     */
    public List<Row> run(List<Double> guidance, Path output) {
        StableDiffusion.requireParts(diffusion);
        List<Row> rows = new ArrayList<>();
        try (NDManager manager = Devices.newManager(Devices.parse("auto"));
                Clip judge = ClipWeights.load(clip, manager);
                StableDiffusion model = StableDiffusion.load(diffusion, manager);
                ZeroShotClassifier classifier = ZeroShotClassifier.of(judge, Tokenizer.load(clip), List.of(prompts()))) {
            List<Shown> real = real();
            rows.addAll(judged("real", real, judge, classifier, output));
            rows.addAll(judged("reconstructed", reconstructed(real, model), judge, classifier, output));
            for (double scale : guidance) {
                String name = String.format(Locale.ROOT, "guidance %s", Double.toString(scale).replaceAll("\\.0$", ""));
                rows.addAll(judged(name, generated(model, scale), judge, classifier, output));
                write(rows, output);
            }
        }
        write(rows, output);
        return rows;
    }

    /** An image and the number of the concept that it is to show. */
    private record Shown(Image image, int concept) {}

    private static List<String> prompts() {
        return Task.prompts(World.TEMPLATE, World.concepts().stream().map(Concept::name).toList());
    }

    private static List<Shown> real() {
        ImageDataset test = World.open(World.WEB).test();
        return IntStream.range(0, test.size()).mapToObj(i -> new Shown(test.image(i), test.label(i))).toList();
    }

    private static List<Shown> reconstructed(List<Shown> real, StableDiffusion model) {
        LatentImages latents = model.images();
        List<Shown> shown = new ArrayList<>();
        for (int from = 0; from < real.size(); from += BATCH) {
            List<Shown> some = real.subList(from, Math.min(real.size(), from + BATCH));
            try (NDArray z = latents.encode(some.stream().map(Shown::image).toList())) {
                List<Image> images = latents.decode(z);
                IntStream.range(0, some.size()).forEach(i -> shown.add(new Shown(images.get(i), some.get(i).concept)));
            }
        }
        return shown;
    }

    private List<Shown> generated(StableDiffusion model, double guidance) {
        List<String> prompts = prompts();
        TextToImage pipeline = new TextToImage(model);
        Sampling guided = sampling.withGuidance(guidance);
        int total = each * prompts.size();
        List<Shown> shown = new ArrayList<>();
        try (Progress progress = new Progress("guidance " + guidance, total, 0)) {
            for (int from = 0; from < total; from += sampling.batch()) {
                int[] numbers = IntStream.range(from, Math.min(total, from + sampling.batch())).toArray();
                List<String> texts = Arrays.stream(numbers).mapToObj(i -> prompts.get(i % prompts.size())).toList();
                long[] seeds = Arrays.stream(numbers).mapToLong(i ->
                        RandomStream.of(seed, "recognition", i % prompts.size(), i / prompts.size()).nextLong() >>> 1).toArray();
                List<Generated> made = pipeline.generate(texts, seeds, guided, (done, steps, latents) -> !Stop.requested());
                for (int i = 0; i < numbers.length; i++) {
                    shown.add(new Shown(made.get(i).image(), numbers[i] % prompts.size()));
                    progress.step("");
                }
            }
        }
        return shown;
    }

    private static List<Row> judged(String name, List<Shown> shown, Clip judge, ZeroShotClassifier classifier, Path output) {
        int resolution = judge.config().imageResolution();
        Map<String, int[]> counts = new LinkedHashMap<>(); // images and those recognized
        for (int from = 0; from < shown.size(); from += BATCH) {
            List<Shown> some = shown.subList(from, Math.min(shown.size(), from + BATCH));
            float[] values = Preprocess.batch(some.stream().map(Shown::image).toList(), resolution);
            int[] said;
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                said = classifier.predict(Images.of(judge.manager(), values, resolution));
            }
            for (int i = 0; i < some.size(); i++) {
                String family = World.concepts().get(some.get(i).concept).family().name().toLowerCase(Locale.ROOT);
                for (String key : List.of("all", family)) {
                    int[] count = counts.computeIfAbsent(key, k -> new int[2]);
                    count[0]++;
                    count[1] += said[i] == some.get(i).concept ? 1 : 0;
                }
            }
        }
        ImageFiles.writePng(output.resolve(name.replace(' ', '_') + ".png"), sheet(shown));
        return counts.entrySet().stream().map(e -> new Row(name, e.getKey(), e.getValue()[0], e.getValue()[1])).toList();
    }

    private static Image sheet(List<Shown> shown) {
        List<Sheet.Row> rows = new ArrayList<>();
        for (int c = 0; c < World.concepts().size(); c++) {
            int concept = c;
            rows.add(new Sheet.Row(World.concepts().get(c).name(), shown.stream().filter(s -> s.concept == concept)
                    .limit(ON_SHEET).map(Shown::image).toList()));
        }
        return Sheet.of(rows, SHEET_COLUMNS, ZOOM);
    }

    private static void write(List<Row> rows, Path output) {
        StringBuilder text = new StringBuilder("pictures,family,count,recognized,percent\n");
        rows.forEach(row -> text.append(String.format(Locale.ROOT, "%s,%s,%d,%d,%.1f%n", row.images, row.family, row.count,
                row.recognized, row.percent())));
        AtomicFiles.writeString(output.resolve("recognition.csv"), text.toString());
    }
}
