package gift.study;

import gift.incremental.PublishedIncremental;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.sources.Sources;
import gift.study.StudyConfig.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The settings of a study: those of its file, with the options of the command line in place of some. */
public final class StudyFile {
    private StudyFile() {}

    /**
     * What the user says besides the study's file; null or empty leaves it to the file.
     *
     * @param data folder of the data sets
     * @param cache folder of packed images and features
     * @param model weights or a pretraining recipe
     * @param reference set of the reference pairs
     * @param device auto, cpu, gpu0, ...
     * @param methods only these
     * @param seeds only these
     * @param set settings in place of some of the file's
     */
    public record Options(Path data, Path cache, Path model, Path reference, String device, List<String> methods,
            List<Long> seeds, Overrides set) {
        public static final Options NONE = new Options(null, null, null, null, null, List.of(), List.of());

        /** With the settings of the file. */
        public Options(Path data, Path cache, Path model, Path reference, String device, List<String> methods,
                List<Long> seeds) {
            this(data, cache, model, reference, device, methods, seeds, Overrides.NONE);
        }
    }

    /**
     * The settings in a study's file with what the user says besides.
     *
     * @throws InputException if they are wrong or name no model
     */
    public static StudyConfig settings(Path file, Options options) {
        StudyConfig config = with(options, read(file, options.set)).only(options.methods, options.seeds);
        if (config.model().isEmpty()) {
            throw new InputException(file + ": model is missing: name a pretraining recipe or weights there or by --model");
        }
        return config;
    }

    /** The settings in a file of any kind: a study, or a published configuration of GIFT (JSON) or ZSCL (YAML). */
    public static StudyConfig read(Path file) {
        return read(file, Overrides.NONE);
    }

    private static StudyConfig read(Path file, Overrides set) {
        if (PublishedIncremental.isOne(file)) {
            return Json.with(file.toString(), PublishedIncremental.read(file, set).study(), StudyConfig.class, StudyConfig.DEFAULT);
        }
        return PublishedConfig.isOne(file) ? PublishedConfig.read(file, set).study() : StudyConfig.read(file, set);
    }

    /**
     * What the settings in a file are understood as: of a published configuration every entry, then the study that it
     * stands for; of a study every method with all its settings. What the user says besides is in it.
     */
    public static String explain(Path file, Options options) {
        StudyConfig config = with(options, read(file, options.set)).only(options.methods, options.seeds);
        List<StudyMethod> methods = config.resolved(file.toString());
        List<String> notes = PublishedIncremental.isOne(file) ? PublishedIncremental.read(file, options.set).notes()
                : PublishedConfig.isOne(file) ? PublishedConfig.read(file, options.set).notes() : List.of();
        return !notes.isEmpty() ? String.join("\n", notes) + "\n\nas a study:\n" + Json.write(config)
                : Json.write(Json.replace(config, "methods", Map.of())) + "methods with all their settings:\n"
                        + Json.write(methods);
    }

    private static StudyConfig with(Options options, StudyConfig config) {
        StudyConfig result = config;
        if (options.data != null && Sources.isFolder(config.data())) {
            result = Json.replace(result, "data", options.data.toAbsolutePath().toString());
        }
        if (options.cache != null) {
            result = Json.replace(result, "cache", options.cache.toAbsolutePath().toString());
        }
        if (options.model != null) {
            result = Json.replace(result, "model", options.model.toAbsolutePath().toString());
        }
        if (options.reference != null) {
            result = Json.replace(result, "references", elsewhere(config.references(), options.reference));
        }
        return options.device == null ? result : Json.replace(result, "device", options.device);
    }

    /** All sets at another place: studies with one set of pairs are meant. */
    private static Map<String, Reference> elsewhere(Map<String, Reference> references, Path folder) {
        Map<String, Reference> moved = new LinkedHashMap<>();
        references.forEach((name, reference) -> moved.put(name, reference.at(folder)));
        return moved;
    }

    /**
     * Where a study's vocabulary lies: where its configuration says, else beside the weights.
     *
     * @param folder of the configuration
     * @param weights of the model, a file or a folder
     */
    public static Path vocabulary(StudyConfig config, Path folder, Path weights) {
        if (!config.vocabulary().isEmpty()) {
            return folder.resolve(config.vocabulary()).normalize();
        }
        return Files.isDirectory(weights) ? weights : weights.getParent();
    }
}
