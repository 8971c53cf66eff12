package gift.pretrain;

import static gift.io.InputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import gift.clip.ClipConfig;
import gift.io.Overrides;
import gift.nn.Activation;
import gift.tensor.Compute;
import java.nio.file.Path;
import java.util.List;

/**
 * A recipe for a small CLIP from image-caption pairs; captions are class prompts.
 *
 * @param about what it is for, in words
 * @param device auto, cpu, gpu0, ...
 * @param seed of weights, batches and crops
 * @param data folder of the data sets, relative to the recipe's file; or mini, the procedural world
 * @param sets names of data sets whose training images are used
 * @param templates prompts with {} for the class; empty for each set's own, or for the world's captions
 * @param model size of the model; its vocab_size becomes that of the vocabulary learnt
 * @param vocabularyMerges merges of the byte-pair vocabulary, learnt from all class names and templates
 * @param iterations number of updates
 * @param batchSize pairs of distinct classes per update
 * @param learningRate peak
 * @param warmup updates
 * @param weightDecay of AdamW
 * @param beta2 of AdamW
 * @param cropScale least share of the image's area in a random crop; 1 for images as they are, never mirrored
 * @param checkpointEvery updates between checkpoints
 * @param output folder of the model, relative to the recipe's file
 * @param compute in which the model multiplies matrices: fp32, tf32, bf16 or fp16 ({@link gift.tensor.Compute})
 */
public record PretrainingConfig(
        String about,
        String device,
        long seed,
        String data,
        List<String> sets,
        List<String> templates,
        ClipConfig model,
        int vocabularyMerges,
        int iterations,
        int batchSize,
        double learningRate,
        int warmup,
        double weightDecay,
        double beta2,
        double cropScale,
        int checkpointEvery,
        String output,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = Compute.Unsaid.class) Compute compute)
        implements Recipe {

    /** Defaults: a ViT of 1.6 million values for images of 32 x 32. */
    public static final PretrainingConfig DEFAULT = new PretrainingConfig("", "auto", 42, ".", List.of(), List.of(),
            new ClipConfig(128, 32, List.of(4), 128, 4, 4, 40, 1026, 128, 4, 2, Activation.QUICK_GELU),
            512, 2000, 64, 1e-3, 100, 0.1, 0.98, 0.5, 200, "model", Compute.FP32);

    public PretrainingConfig {
        compute = compute == null ? Compute.FP32 : compute;
        sets = sets == null ? List.of() : List.copyOf(sets);
        templates = templates == null ? List.of() : List.copyOf(templates);
        Recipe.check(iterations, learningRate, warmup, cropScale, checkpointEvery);
        require(batchSize > 1, "batch_size " + batchSize + " must be at least 2: a pair is told from the others");
        require(weightDecay >= 0, "weight_decay " + weightDecay + " must not be negative");
        require(beta2 > 0 && beta2 < 1, "beta2 " + beta2 + " must be between 0 and 1");
        require(vocabularyMerges >= 0, "vocabulary_merges " + vocabularyMerges + " must not be negative");
        require(templates.stream().allMatch(t -> t.contains("{}")), "every template needs {} for the class name");
    }

    /**
     * The recipe in a file.
     *
     * @param overrides settings in place of some of the file's
     * @throws gift.io.InputException naming the file and what is wrong in it
     */
    public static PretrainingConfig read(Path file, Overrides overrides) {
        return Recipe.read(file, PretrainingConfig.class, DEFAULT, overrides);
    }
}
