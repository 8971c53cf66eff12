package gift.doctor;

import gift.clip.ClipConfig;
import gift.clip.ClipTensors;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.continual.GivenWeights;
import gift.data.Task;
import gift.data.catalog.Catalog.Remote;
import gift.diffusion.StableDiffusion;
import gift.diffusion.glide.Glide;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.pretrain.Pretraining;
import gift.study.StudyMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Checks weights: present, with the published checksum, of the right shapes, finite; and whether the vocabulary fits. */
final class WeightsCheck {
    private static final String CLIP = "model";
    private static final String VOCABULARY = "vocabulary";
    private static final String DIFFUSION = "Stable Diffusion"; // or what else draws

    private final Place place;
    private final boolean quick;
    private final Findings findings;

    WeightsCheck(Place place, boolean quick, Findings findings) {
        this.place = place;
        this.quick = quick;
        this.findings = findings;
    }

    /**
     * The weights that a study's "model" stands for; null if a recipe has yet to make them, or nothing is there.
     *
     * @param places where they may lie, for the message
     */
    Path weights(Path model, String places, Path data) {
        if (!Files.exists(model)) {
            findings.fault(CLIP, "nothing " + places, place.mendWeights(model));
            return null;
        }
        if (!model.toString().endsWith(".json")) {
            return model;
        }
        Path made = findings.attempt(CLIP, "mend the recipe " + model, () -> new Pretraining(model, data).output());
        if (made == null || Files.exists(made.resolve("model.safetensors"))) {
            return made;
        }
        findings.note(CLIP, made + " is made first, by the recipe " + model);
        return null;
    }

    /** Null if it cannot be used. */
    ClipConfig clip(Path weights) {
        String mend = place.mendWeights(weights);
        ClipConfig config = findings.attempt(CLIP, mend, () -> ClipWeights.check(weights));
        if (config == null) {
            return null;
        }
        Path file = ClipWeights.file(weights);
        String hash = hash(CLIP, file, mend);
        if (!quick) {
            numbers(file, mend);
        }
        if (!findings.faulty(CLIP)) {
            findings.sound(CLIP, String.format(Locale.ROOT, "%s, %,d values, images of %d x %d%s", file,
                    config.shapes().values().stream().mapToLong(shape -> shape.size()).sum(), config.imageResolution(),
                    config.imageResolution(), hash));
        }
        return config;
    }

    /** The files that a method names: its teacher, and models that are there in place of training. */
    void given(StudyMethod method, List<String> tasks, ClipConfig clip, UnaryOperator<Path> place) {
        String topic = "weights of " + method.name();
        String mend = "make or copy them there, or leave the method out";
        GivenWeights given = findings.attempt(topic, mend, () -> GivenWeights.of(method.method(), tasks, place));
        if (given == null) {
            return;
        }
        List<Path> files = new ArrayList<>(given.tasks());
        if (given.teacher() != null) {
            files.add(given.teacher());
        }
        for (Path file : files) {
            ClipConfig config = findings.attempt(topic, mend, () -> ClipWeights.check(file));
            if (config != null && clip != null && !config.shapes().equals(clip.shapes())) {
                findings.fault(topic, file + " is a model of another size than the study's", mend);
            }
        }
        if (!files.isEmpty() && !findings.faulty(topic)) {
            findings.sound(topic, files.size() + (files.size() == 1 ? " file" : " files"));
        }
    }

    private void numbers(Path file, String mend) {
        try (ClipTensors tensors = ClipTensors.open(file)) {
            for (String name : tensors.shapes().keySet()) {
                for (float value : tensors.values(name)) {
                    if (!Float.isFinite(value)) {
                        findings.fault(CLIP, file + ": the tensor " + name + " holds " + value, mend);
                        return;
                    }
                }
            }
        } catch (InputException e) {
            findings.fault(CLIP, e.getMessage(), mend);
        }
    }

    /** ", checksum as published" where it is; a fault where it is another. */
    private String hash(String topic, Path file, String mend) {
        Remote remote = place.remote(file.toAbsolutePath().normalize());
        if (remote == null || remote.stated() == null) {
            return ", no checksum published";
        }
        try {
            if (remote.size() != null && Files.size(file) != remote.size()) {
                findings.fault(topic, file + " has " + Files.size(file) + " bytes, published are " + remote.size(), mend);
            } else if (!quick && !remote.stated().fits(file)) {
                findings.fault(topic, file + " is not the published file: its checksum is not the " + remote.stated()
                        + " that " + remote.statedBy() + " states", mend);
            }
        } catch (IOException e) {
            findings.fault(topic, "cannot read " + file + ": " + AtomicFiles.oneLine(e), mend);
        }
        return quick ? ", checksum not computed" : ", checksum as published";
    }

    /** The tokenizer, if it fits the model and takes the prompts of all tasks; else null. */
    Tokenizer vocabulary(Path path, ClipConfig config, List<Task> tasks) {
        String mend = "environment/gift data get CLIP-vocabulary --data " + place.root() + ", and put it beside the model";
        Tokenizer tokenizer = findings.attempt(VOCABULARY, mend, () -> Tokenizer.load(path));
        if (tokenizer == null) {
            return null;
        }
        if (tokenizer.vocabularySize() != config.vocabSize()) {
            findings.fault(VOCABULARY, path + " has " + tokenizer.vocabularySize() + " tokens, the model "
                    + config.vocabSize(), mend);
        } else {
            for (Task task : tasks) {
                findings.attempt(VOCABULARY, "shorter class names or templates", () -> {
                    task.templates().forEach(t -> tokenizer.rows(task.prompts(t), config.contextLength(), false));
                    return null;
                });
            }
        }
        if (findings.faulty(VOCABULARY)) {
            return null;
        }
        findings.sound(VOCABULARY, path + ", " + String.format(Locale.ROOT, "%,d tokens", tokenizer.vocabularySize()));
        return tokenizer;
    }

    /** Whether a folder, or a single file, is a whole Stable Diffusion, or a folder a whole GLIDE. */
    boolean diffusion(Path folder) {
        String mend = place.mendWeights(folder);
        boolean glide = Glide.isIn(folder);
        (glide ? Glide.problems(folder) : StableDiffusion.problems(folder)).forEach(problem -> findings.fault(DIFFUSION, problem, mend));
        if (findings.faulty(DIFFUSION)) {
            return false;
        }
        String hash = ", no checksum published";
        for (Path file : glide ? Glide.weightFiles(folder) : StableDiffusion.weightFiles(folder)) {
            String found = hash(DIFFUSION, file, mend);
            hash = place.remote(file.toAbsolutePath().normalize()) == null ? hash : found;
        }
        if (!findings.faulty(DIFFUSION)) {
            findings.sound(DIFFUSION, folder + ", all parts whole" + hash);
        }
        return !findings.faulty(DIFFUSION);
    }
}
