package gift.diffusion.glide;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import gift.clip.ByteTokenizer;
import gift.diffusion.Generated;
import gift.diffusion.Sampling;
import gift.diffusion.Watcher;
import gift.diffusion.schedulers.SchedulerKind;
import gift.image.Image;
import gift.image.Preprocess;
import gift.io.InputException;
import gift.io.TensorFile;
import gift.tensor.NativeOps;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * GLIDE (Nichol et al. 2022, arXiv:2112.10741): the filtered model that was published, which He et al. 2023 drew images with.
 *
 * <pre>{@code
 * try (Glide glide = Glide.load(folder, manager, Precision.FP32)) {
 *     List<Generated> made = glide.generate(List.of("an oil painting of a corgi"), new long[] {7}, SAMPLING, Watcher.NONE);
 * }
 * }</pre>
 *
 * The base network makes 64 x 64 by guided ancestral sampling; the upsampler makes 256 x 256 of that in 27 steps of DDIM
 * without guidance, from noise times 0.997. An image depends on its prompt and its seed, not on the images beside it.
 */
public final class Glide implements AutoCloseable {
    /** As published: 100 steps, guidance 3, images of 256 x 256. */
    public static final Sampling SAMPLING = Sampling.DEFAULT.withScheduler(SchedulerKind.DDPM).withSteps(RealGuidance.STEPS)
            .withGuidance(3).withSize(256, 256);

    private static final Logger LOG = LoggerFactory.getLogger(Glide.class);
    private static final String FAST = "fast27";
    private static final float TEMPERATURE = 0.997f; // of the upsampler's noise: 1 is sharper, and at times grainy

    private final GlideUNet base;
    private final GlideUNet upsampler;
    private final ByteTokenizer tokenizer;

    Glide(GlideUNet base, GlideUNet upsampler, ByteTokenizer tokenizer) {
        this.base = base;
        this.upsampler = upsampler;
        this.tokenizer = tokenizer;
    }

    /** Whether a folder is that of a GLIDE rather than of another model. */
    public static boolean isIn(Path folder) {
        return GlideFiles.isIn(folder);
    }

    /**
     * Reads a folder: {@code base.pt} and {@code upsample.pt} as published (or {@code .safetensors}), {@code vocab.bpe.gz}.
     *
     * @param parent on whose device it computes; the caller closes the model
     * @throws InputException naming what is missing, damaged or of another kind
     */
    public static Glide load(Path folder, NDManager parent, Precision precision) {
        GlideFiles files = GlideFiles.in(folder);
        ByteTokenizer tokenizer = ByteTokenizer.load(files.vocabulary());
        GlideUNet base = GlideUNet.load(files.base(), parent, precision);
        try {
            GlideUNet upsampler = GlideUNet.load(files.upsampler(), parent, precision);
            try {
                files.requireFit(base.config(), upsampler.config(), tokenizer);
                base.parameters().forInference();
                upsampler.parameters().forInference();
                return new Glide(base, upsampler, tokenizer);
            } catch (RuntimeException e) {
                upsampler.close();
                throw e;
            }
        } catch (RuntimeException e) {
            base.close();
            throw e;
        }
    }

    /** What keeps {@link #load} from reading a folder, one line each; empty if nothing does. Reads no weights. */
    public static List<String> problems(Path folder) {
        try {
            return GlideFiles.in(folder).problems();
        } catch (InputException e) {
            return List.of(e.getMessage());
        }
    }

    /** The files of weights that {@link #load} reads. */
    public static List<Path> weightFiles(Path folder) {
        return List.of(GlideFiles.in(folder).base(), GlideFiles.in(folder).upsampler());
    }

    /** SHA-256 over weights and vocabulary, by which a generated image names its model. */
    public static String hash(Path folder) {
        return GlideFiles.in(folder).hash();
    }

    /**
     * Looks whether a file that holds a network of GLIDE, by the names of its tensors, holds all of it. Of another file
     * nothing is asked.
     *
     * @throws InputException listing missing, unexpected and misshapen tensors; or if it is no file of tensors
     */
    public static void requireWhole(Path file) {
        boolean glide;
        try (TensorFile tensors = TensorFile.open(file)) {
            glide = tensors.entries().containsKey("padding_embedding") || tensors.entries().containsKey("transformer_proj.weight");
        }
        if (glide) {
            GlideUNet.check(file);
        }
    }

    /**
     * Floating-point operations (FLOPs) of an image.
     *
     * @throws InputException as {@link #requireFit(Path, Sampling)}
     */
    public static double flops(Path folder, Sampling sampling) {
        GlideFiles files = GlideFiles.in(folder);
        GlideConfig base = GlideUNet.check(files.base());
        GlideConfig upsampler = GlideUNet.check(files.upsampler());
        requireFit(base, upsampler, sampling);
        double small = sampling.steps() * (Sampling.isGuided(sampling.guidance()) ? 2 : 1)
                * GlideFlops.call(base, base.imageSize());
        return small + (sampling.width() == base.imageSize() ? 0
                : DiffusionProcess.linear(FAST).length() * GlideFlops.call(upsampler, upsampler.imageSize()));
    }

    /**
     * Looks whether the model in a folder can make images so.
     *
     * @throws InputException naming the setting
     */
    public static void requireFit(Path folder, Sampling sampling) {
        GlideFiles files = GlideFiles.in(folder);
        requireFit(GlideUNet.check(files.base()), GlideUNet.check(files.upsampler()), sampling);
    }

    private static void requireFit(GlideConfig base, GlideConfig upsampler, Sampling sampling) {
        require(sampling.scheduler() == null || sampling.scheduler() == SchedulerKind.DDPM,
                "scheduler " + sampling.scheduler() + ": GLIDE samples by ddpm; leave it out");
        require(sampling.eta() == 0, "eta " + sampling.eta() + " is for ddim; GLIDE samples by ddpm");
        require(sampling.steps() >= 2 && sampling.steps() <= DiffusionProcess.LENGTH, "steps " + sampling.steps()
                + " must be between 2 and " + DiffusionProcess.LENGTH + " for GLIDE");
        int small = base.imageSize();
        int large = upsampler.imageSize();
        require(sampling.width() == sampling.height() && (sampling.width() == small || sampling.width() == large),
                "size " + sampling.width() + " x " + sampling.height() + ": GLIDE makes " + large + " x " + large
                        + ", or without its upsampler " + small + " x " + small);
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "sampling: " + message);
    }

    /**
     * One image for each prompt. A prompt longer than the networks' context is cut, with a warning.
     *
     * @param seeds one for each prompt
     * @param sampling its steps are those of the base network; of the base network's size, images are not enlarged
     * @throws InputException if the sampling does not fit the model
     * @throws java.util.concurrent.CancellationException if the watcher says so
     */
    public List<Generated> generate(List<String> prompts, long[] seeds, Sampling sampling, Watcher watcher) {
        return generate(Collections.nCopies(prompts.size(), null), prompts, seeds, sampling.steps(), sampling, watcher);
    }

    /**
     * One image for each prompt, drawn from a real image (real guidance, He et al. 2023).
     *
     * @param guides one for each prompt, of any size ({@link RealGuidance})
     * @param taken how many of the sampling's steps are taken from the guide: {@link RealGuidance#steps} of 100
     * @throws InputException as {@link #generate(List, long[], Sampling, Watcher)}, or if there are not so many steps
     */
    public List<Generated> generate(
            List<Image> guides, List<String> prompts, long[] seeds, int taken, Sampling sampling, Watcher watcher) {
        if (prompts.size() != seeds.length || guides.size() != seeds.length) {
            throw new IllegalArgumentException(
                    seeds.length + " seeds and " + guides.size() + " guides for " + prompts.size() + " prompts");
        }
        requireFit(base.config(), upsampler.config(), sampling);
        require(taken >= 1 && taken <= sampling.steps(), "of " + sampling.steps() + " steps, " + taken + " cannot be taken");
        boolean enlarged = sampling.width() != base.config().imageSize();
        int calls = taken + (enlarged ? DiffusionProcess.linear(FAST).length() : 0);
        int batches = (seeds.length + sampling.batch() - 1) / sampling.batch();
        List<Generated> all = new ArrayList<>();
        for (int b = 0; b < batches; b++) {
            int from = b * sampling.batch();
            int to = Math.min(from + sampling.batch(), seeds.length);
            int before = b * calls;
            Batch batch = new Batch(guides.subList(from, to), prompts.subList(from, to),
                    Arrays.copyOfRange(seeds, from, to), taken, sampling,
                    (done, total, images) -> watcher.goOn(before + done, batches * calls, images));
            List<Image> images = batch.images(enlarged);
            for (int i = from; i < to; i++) {
                all.add(new Generated(images.get(i - from), prompts.get(i), seeds[i]));
            }
        }
        return all;
    }

    /** Images that are computed together. */
    private final class Batch {
        private final List<Image> guides;
        private final List<String> prompts;
        private final long[] seeds;
        private final int taken;
        private final Sampling sampling;
        private final Watcher watcher;

        Batch(List<Image> guides, List<String> prompts, long[] seeds, int taken, Sampling sampling, Watcher watcher) {
            this.guides = guides;
            this.prompts = prompts;
            this.seeds = seeds;
            this.taken = taken;
            this.sampling = sampling;
            this.watcher = watcher;
        }

        List<Image> images(boolean enlarged) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                return Reverse.images(Scopes.withoutGradients(() -> enlarged ? enlarged(small()) : small()));
            }
        }

        /** (B, 3, h, w) of the base network. */
        private NDArray small() {
            DiffusionProcess process = DiffusionProcess.cosine(Integer.toString(sampling.steps()));
            NDArray start = noise(base, "glide base");
            return Glide.this.small(prompts, guides.get(0) == null ? start : process.noised(guides(), taken - 1, start), taken,
                    process, sampling, t -> noise(base, "glide step", t), watcher);
        }

        private NDArray enlarged(NDArray small) {
            Watcher after = (done, total, images) -> watcher.goOn(taken + done, total, images);
            return Glide.this.enlarged(prompts, small, noise(upsampler, "glide upsampler"), after);
        }

        /** The guides in -1 .. 1, (B, 3, h, w). */
        private NDArray guides() {
            int side = base.config().imageSize();
            float[] half = {0.5f, 0.5f, 0.5f};
            float[] values = Preprocess.pack(guides.size(),
                    i -> Preprocess.normalize(RealGuidance.guide(guides.get(i), side), half, half));
            return Transfers.write(base.manager(), values, new Shape(guides.size(), 3, side, side));
        }

        /** Standard normal values of the network's size, a row for each seed, which depend on that seed alone. */
        private NDArray noise(GlideUNet network, String purpose, long... counters) {
            int side = network.config().imageSize();
            float[] values = Preprocess.pack(seeds.length,
                    i -> RandomStream.of(seeds[i], purpose, counters).normals(3 * side * side, 1));
            return Transfers.write(network.manager(), values, new Shape(seeds.length, 3, side, side));
        }
    }

    /** Guided sampling by the base network from {@code start}, (B, 3, h, w). */
    NDArray small(List<String> prompts, NDArray start, int taken, DiffusionProcess process, Sampling sampling,
            IntFunction<NDArray> fresh, Watcher watcher) {
        return Scopes.withoutGradients(() -> {
            boolean guided = Sampling.isGuided(sampling.guidance());
            List<String> texts = new ArrayList<>(prompts);
            if (guided) {
                texts.addAll(Collections.nCopies(prompts.size(), sampling.negativePrompt()));
            }
            TextTransformer.Text text = text(base, texts);
            return new Reverse(process, (x, timestep) -> {
                if (!guided) {
                    return base.forward(x, timestep, text);
                }
                NDList halves = base.forward(x.concat(x, 0), timestep, text).split(2);
                return Reverse.guided(halves.get(0), halves.get(1), sampling.guidance());
            }).ancestral(start, taken, fresh, watcher);
        });
    }

    /**
     * The upsampler's images of small ones, which are first rounded to the values that a file can hold.
     *
     * @param small (B, 3, h, w)
     * @param noise standard normal, (B, 3, H, W)
     */
    NDArray enlarged(List<String> prompts, NDArray small, NDArray noise, Watcher watcher) {
        return Scopes.withoutGradients(() -> {
            TextTransformer.Text text = text(upsampler, prompts);
            NDArray low = Reverse.rounded(small);
            return new Reverse(DiffusionProcess.linear(FAST), (x, timestep) ->
                    upsampler.forward(GlideUNet.withSmall(x, low), timestep, text))
                    .ddim(NativeOps.scale(noise, TEMPERATURE), watcher);
        });
    }

    /** What a network makes of prompts, each by itself; equal ones once. */
    private TextTransformer.Text text(GlideUNet network, List<String> prompts) {
        int context = network.config().context();
        Map<String, TextTransformer.Text> known = new HashMap<>();
        for (String prompt : new LinkedHashSet<>(prompts)) {
            ByteTokenizer.Row row = tokenizer.row(prompt, context);
            if (row.isCut()) {
                LOG.warn("\"{}\" has more than {} tokens: GLIDE reads the first", prompt, context);
            }
            known.put(prompt, network.text(List.of(row)));
        }
        return TextTransformer.Text.of(prompts.stream().map(known::get).toList());
    }

    /** How many arrays the networks hold. */
    int openArrays() {
        return base.manager().getManagedArrays().size() + upsampler.manager().getManagedArrays().size();
    }

    @Override
    public void close() {
        base.close();
        upsampler.close();
    }
}
