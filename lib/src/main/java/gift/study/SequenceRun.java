package gift.study;

import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.continual.Checkpoint;
import gift.continual.Method;
import gift.continual.PictureBatches;
import gift.continual.PicturePairs;
import gift.continual.ReferencePairs;
import gift.continual.TaskTrainer;
import gift.continual.Training;
import gift.data.Csv;
import gift.data.PairDataset;
import gift.data.Task;
import gift.eval.AccuracyMatrix;
import gift.eval.Evaluation;
import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * One run: one method learns the sequence of tasks with one seed; after each task every task is evaluated.
 *
 * <p>Its folder holds
 * <ul>
 *   <li>{@code matrix.csv}: accuracy on every task after each task; {@code watched.csv}: on the data sets never learnt
 *   <li>{@code losses/<number>_<task>.csv}: every loss of every update
 *   <li>{@code weights/<number>_<task>.safetensors}: the model after each task
 *   <li>{@code checkpoint.safetensors}: the state within a task; {@code settings.json}: what the run depends on
 * </ul>
 * A run that was killed goes on from its last checkpoint and ends in the same weights.
 */
final class SequenceRun {
    private static final long CACHE = 1L << 30;

    /** What all runs of a study share. */
    record Shared(StudyConfig config, Clip initial, String initialHash, Tokenizer tokenizer, List<Task> tasks,
            List<Evaluation> evaluations, List<Evaluation> watched, PairDataset reference) {}

    private final Shared shared;
    private final String methodName;
    private final Method method;
    private final long seed;
    private final Path folder;
    private final String fingerprint;

    SequenceRun(Shared shared, String methodName, Method method, long seed, Path folder) {
        this.shared = shared;
        this.methodName = methodName;
        this.method = method;
        this.seed = seed;
        this.folder = folder;
        this.fingerprint = settings();
    }

    /** Everything that decides the run's result, as JSON. */
    private record Settings(Method method, List<Training> training, long seed, List<String> tasks, List<String> watched,
            StudyConfig.Reference reference, int testPictures, List<Integer> pictures, String initialWeights) {}

    private String settings() {
        StudyConfig c = shared.config;
        return Json.write(new Settings(method, c.tasks().stream().map(c::trainingOf).toList(), seed, c.tasks(),
                c.watched(), c.reference(), c.testPictures(), shared.tasks.stream().map(t -> t.train().size()).toList(),
                shared.initialHash));
    }

    /** Runs to the end, or goes on where it was stopped; a finished run is read. */
    AccuracyMatrix run(boolean restart) {
        begin(restart);
        AccuracyMatrix matrix = matrix("matrix.csv", shared.config.tasks());
        int tasks = shared.tasks.size();
        if (matrix.isComplete()) {
            return matrix;
        }
        try (Clip model = shared.initial.copy()) {
            if (matrix.before().isEmpty()) {
                watch(model, 0, "before_training");
                matrix = matrix.withBefore(accuracies(model, shared.evaluations));
                matrix.write(folder.resolve("matrix.csv"));
            }
            for (int t = matrix.rows(); t < tasks; t++) {
                if (t > 0) {
                    load(model, weights(t - 1));
                }
                if (Files.exists(weights(t))) {
                    load(model, weights(t));
                } else {
                    train(model, t);
                }
                watch(model, t + 1, shared.config.tasks().get(t));
                matrix = matrix.withRow(accuracies(model, shared.evaluations));
                matrix.write(folder.resolve("matrix.csv"));
            }
        }
        return matrix;
    }

    private void begin(boolean restart) {
        Path file = folder.resolve("settings.json");
        if (restart) {
            delete(folder);
        }
        if (Files.exists(file)) {
            if (!Json.tree(file).equals(Json.parse("settings", fingerprint))) {
                throw new InputException(folder + " holds a run with other settings: start over with --restart, or give"
                        + " the study another name");
            }
            return;
        }
        AtomicFiles.writeString(file, fingerprint);
    }

    private AccuracyMatrix matrix(String name, List<String> tasks) {
        Path file = folder.resolve(name);
        return Files.exists(file) ? AccuracyMatrix.read(file) : AccuracyMatrix.of(tasks);
    }

    private Path weights(int t) {
        return folder.resolve("weights").resolve(numbered(t) + ".safetensors");
    }

    private String numbered(int t) {
        return String.format(Locale.ROOT, "%02d_%s", t + 1, shared.config.tasks().get(t));
    }

    private static void load(Clip model, Path file) {
        try (Clip saved = ClipWeights.load(file, model.config(), model.manager())) {
            model.parameters().set(saved.parameters());
        }
    }

    private void train(Clip model, int t) {
        Task task = shared.tasks.get(t);
        Training training = shared.config.trainingOf(task.name());
        int context = model.config().contextLength();
        int resolution = model.config().imageResolution();
        PictureBatches batches = new PictureBatches(task, shared.tokenizer, context, resolution, training.batchSize(),
                seed, t, CACHE);
        ReferencePairs pairs = !method.usesReference() ? null : PicturePairs.of(shared.reference, shared.tokenizer,
                context, resolution, training.referenceBatchSize(), seed, t, CACHE);
        Path checkpoint = folder.resolve("checkpoint.safetensors");
        String mark = Hashes.sha256((fingerprint + t).getBytes(StandardCharsets.UTF_8));
        LossLog log = new LossLog(folder.resolve("losses").resolve(numbered(t) + ".csv"));
        try (TaskTrainer trainer = new TaskTrainer(model, shared.initial, method, training, batches, pairs)) {
            Checkpoint.read(checkpoint, model.manager(), mark, trainer::restore);
            log.keep(trainer.next());
            String title = methodName + " seed " + seed + ", " + task.name();
            try (Progress progress = new Progress(title, trainer.updates(), trainer.next())) {
                while (trainer.next() < trainer.updates()) {
                    Map<String, Double> losses = trainer.update();
                    log.add(losses);
                    progress.step(String.format(Locale.ROOT, "loss %.3f", losses.get("loss")));
                    boolean due = trainer.next() % training.checkpointEvery() == 0 || Stop.requested();
                    if (due && trainer.next() < trainer.updates()) {
                        log.write();
                        Checkpoint.write(checkpoint, trainer.state(), trainer.next(), mark);
                    }
                    if (Stop.requested()) {
                        throw new Stop.Requested();
                    }
                }
            }
        }
        log.write();
        ClipWeights.save(weights(t), model);
        delete(checkpoint);
    }

    private double[] accuracies(Clip model, List<Evaluation> evaluations) {
        return evaluations.stream().mapToDouble(e -> e.accuracy(model, shared.tokenizer)).toArray();
    }

    /** Adds a row to {@code watched.csv}, or replaces it where a killed run left one. */
    private void watch(Clip model, int row, String name) {
        if (shared.watched.isEmpty()) {
            return;
        }
        Path file = folder.resolve("watched.csv");
        List<List<String>> rows = new ArrayList<>();
        rows.add(line("after_training_on", shared.config.watched()));
        if (row > 0) {
            rows.addAll(Csv.read(file).subList(1, row + 1));
        }
        rows.add(line(name, DoubleStream.of(accuracies(model, shared.watched))
                .mapToObj(a -> String.format(Locale.ROOT, "%.6f", a)).toList()));
        Csv.write(file, rows);
    }

    private static List<String> line(String first, List<String> others) {
        return Stream.concat(Stream.of(first), others.stream()).toList();
    }

    private static void delete(Path path) {
        try {
            if (Files.isDirectory(path)) {
                List<Path> inside = new ArrayList<>();
                try (var entries = Files.list(path)) {
                    entries.forEach(inside::add);
                }
                inside.forEach(SequenceRun::delete);
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new InputException("cannot delete " + path + ": " + e.getMessage(), e);
        }
    }
}
