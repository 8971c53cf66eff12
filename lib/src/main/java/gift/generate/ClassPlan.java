package gift.generate;

import gift.data.DataFiles;
import gift.diffusion.Sampling;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.sentences.RecordedSentences;
import gift.sentences.Sentence;
import gift.tensor.Precision;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What images of classes are to be made, in a file: {@code gift class-images}. Paths are relative to the file.
 *
 * @param about what it is for, in words
 * @param model folder of a Stable Diffusion
 * @param sentences of every class: JSON lines of {@code gift sentences}, or the published pickle
 * @param wrapper what becomes a prompt, with {} for the sentence; by class names with an article, as published, "a centered
 *     satellite photo of {}"
 * @param count sentences of a class that are used, the first; 0 for all
 * @param perSentence images a sentence: its views
 * @param seed of the images
 * @param sampling how images are made
 * @param output folder: plan.json, prompts and, below images, a folder a class
 * @param quality of the JPEGs, 0 to 1
 * @param device auto, cpu, gpu0, ...
 * @param precision in which the model computes
 */
public record ClassPlan(String about, String model, String sentences, String wrapper, int count, int perSentence, long seed,
        Sampling sampling, String output, double quality, String device, Precision precision) {
    /** The published numbers: all sentences, 10 images each. */
    public static final ClassPlan DEFAULT = new ClassPlan("", "", "", "{}", 0, 10, 0, Sampling.DEFAULT,
            "class_images", 0.95, "auto", Precision.FP32);

    public ClassPlan {
        InputException.require(count >= 0, "class images: count " + count + " must not be negative");
    }

    /**
     * Writes plan and prompts of a file.
     *
     * @param data folder of the data sets, or null; a model that does not lie where the file says may lie below it
     * @return the {@link GenerationPlan}'s file
     * @throws InputException naming the file and what is wrong
     */
    public static Path write(Path file, Path data, Overrides overrides) {
        ClassPlan plan = Json.read(file, ClassPlan.class, DEFAULT, overrides);
        InputException.require(!plan.model.isEmpty(), file + ": model is missing: the folder of a Stable Diffusion");
        InputException.require(!plan.sentences.isEmpty(), file + ": sentences is missing: a file of gift sentences");
        Path folder = file.toAbsolutePath().normalize().getParent();
        GenerationPlan d = GenerationPlan.DEFAULT;
        GenerationPlan settings = new GenerationPlan(plan.about, "", "", d.generic(), List.of(), Map.of(), 1, plan.seed,
                plan.sampling, null, d.output(), plan.quality, plan.device, plan.precision, d.draw(), 0, "", "",
                null, null);
        Path model = DataFiles.beside(folder, plan.model, data);
        return new ClassPrompts(model, plan.chosen(folder), plan.wrapper, plan.perSentence, settings)
                .write(folder.resolve(plan.output).normalize());
    }

    private Map<String, List<String>> chosen(Path folder) {
        RecordedSentences recorded = RecordedSentences.read(folder.resolve(sentences).normalize());
        Map<String, List<String>> chosen = new LinkedHashMap<>();
        for (String label : recorded.labels()) {
            List<String> own = recorded.all(label).stream().map(Sentence::text).toList();
            InputException.require(own.size() >= count, "class images: the class '" + label + "' has " + own.size()
                    + " sentences, not the " + count + " of count");
            chosen.put(label, count == 0 ? own : own.subList(0, count));
        }
        return chosen;
    }
}
