package gift.eval;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.data.DatasetSource;
import gift.data.Task;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.Devices;
import gift.train.Stop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Zero-shot accuracy of any CLIP that {@link ClipWeights} reads, on any data sets; or of the model between it and the
 * pretrained one (WiSE-FT, Wortsman et al. 2022):
 *
 * <pre>
 * theta = r theta_weights + (1 - r) theta_with
 * </pre>
 *
 * @param weights a file, or a folder with one
 * @param vocabulary of the tokenizer; null for the first that fits of: beside the weights, beside {@code with}, and
 *     {@code elsewhere}
 * @param elsewhere folders in which a vocabulary may lie
 * @param with the pretrained model, or null
 * @param share r, 0 to 1; 1 without {@code with}
 * @param device auto, cpu, gpu0, ...
 * @param testImages at most so many of a data set, a fixed choice; 0 for all
 * @param testTemplates at most so many of a data set, the first; 0 for all
 */
public record WeightsEvaluation(Path weights, Path vocabulary, List<Path> elsewhere, Path with, double share, String device,
        int testImages, int testTemplates) {
    private static final long CACHE = 64L << 20;

    public WeightsEvaluation {
        if (!(share >= 0 && share <= 1)) {
            throw new InputException("--wise-ft " + share + " must be between 0 (the pretrained model) and 1 (WEIGHTS)");
        }
        if (testImages < 0 || testTemplates < 0) {
            throw new InputException("--test-pictures and --test-templates must not be negative");
        }
    }

    /**
     * Evaluates one data set after the other.
     *
     * @param each is told of every one
     * @throws InputException if weights, vocabulary or data are missing or do not fit each other
     */
    public void run(DatasetSource data, List<String> sets, BiConsumer<Task, ConfusionMatrix> each) {
        data.require(sets);
        try (NDManager manager = Devices.newManager(Devices.parse(device)); Clip model = ClipWeights.load(weights, manager)) {
            Tokenizer tokenizer = tokenizer(model.config().vocabSize());
            if (with != null) {
                try (Clip pretrained = ClipWeights.load(with, model.config(), manager)) {
                    model.parameters().lerp(pretrained.parameters(), 1 - share);
                }
            }
            for (String name : sets) {
                Task task = data.open(name);
                Task used = testTemplates == 0 ? task : task.withTemplates(testTemplates);
                Evaluation evaluation = new Evaluation(used, model.config().imageResolution(), testImages, CACHE);
                each.accept(used, evaluation.confusion(model, tokenizer, Stop::check));
            }
        }
    }

    private Tokenizer tokenizer(int size) {
        Tokenizer found = vocabulary != null ? Tokenizer.load(vocabulary) : search(size);
        if (found.vocabularySize() != size) {
            throw new InputException("the vocabulary at " + vocabulary + " has " + found.vocabularySize() + " tokens, the model "
                    + size);
        }
        String wanted = ofRun();
        if (!wanted.isEmpty() && !wanted.equals(found.sha256())) {
            throw new InputException("the run of " + weights + " used another vocabulary than the one found; name it by"
                    + " --vocabulary");
        }
        return found;
    }

    private Tokenizer search(int size) {
        Set<Path> places = new LinkedHashSet<>();
        places.add(folder(weights));
        if (with != null) {
            places.add(folder(with));
        }
        places.addAll(elsewhere);
        for (Path place : places) {
            Tokenizer tokenizer = loaded(place);
            if (tokenizer != null && tokenizer.vocabularySize() == size) {
                return tokenizer;
            }
        }
        throw new InputException("no vocabulary of " + size + " tokens in " + places + ": name its file or folder by --vocabulary");
    }

    private static Path folder(Path weights) {
        return Files.isDirectory(weights) ? weights : weights.toAbsolutePath().normalize().getParent();
    }

    private static Tokenizer loaded(Path folder) {
        try {
            return Tokenizer.load(folder);
        } catch (InputException e) {
            return null; // the next place may have one
        }
    }

    /** The checksum of the vocabulary of the run whose folder holds the weights; empty where there is no run. */
    private String ofRun() {
        Path folder = folder(weights).getParent();
        Path settings = folder == null ? null : folder.resolve("settings.json");
        JsonNode named = settings == null || !Files.isRegularFile(settings) ? null : Json.tree(settings).path("sha256").path("vocabulary");
        return named == null ? "" : named.asText("");
    }
}
