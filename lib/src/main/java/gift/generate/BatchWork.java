package gift.generate;

import ai.djl.ndarray.NDManager;
import gift.generate.GeneratedSet.Settings;
import gift.io.InputException;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Makes single batches of a generation ({@link Generation#work}). The model is read before the first of them that lacks an
 * image, and kept for those after it. Tables and manifests are written by {@link Generation#finish}.
 */
public final class BatchWork implements AutoCloseable {
    private final Generation generation;
    private final Settings settings;
    private final String fingerprint;
    private final Drawings known;
    private NDManager manager;
    private ImageModel.Opened model;

    BatchWork(Generation generation, Settings settings, Drawings known) {
        this.generation = generation;
        this.settings = settings;
        this.fingerprint = Generation.fingerprint(settings);
        this.known = known;
    }

    /**
     * Makes the images of a batch that are missing.
     *
     * @param number of the batch
     * @return how many were missing
     * @throws InputException if an image of the batch is there that another plan made
     */
    public int make(int number) {
        return make(IntStream.of(number), drawn -> { });
    }

    /**
     * The same of several batches, each of which is drawn while the one before is written.
     *
     * @param drawn is told of every batch when it is drawn
     * @return how many images were missing
     */
    int make(IntStream numbers, IntConsumer drawn) {
        return generation.set().together(settings, () -> {
            try (ImageWriter writer = new ImageWriter()) {
                return numbers.map(number -> {
                    int missing = draw(number, writer);
                    drawn.accept(number);
                    return missing;
                }).sum();
            }
        });
    }

    private int draw(int number, ImageWriter writer) {
        Batches.One one = generation.oneBatch(number);
        List<Integer> images = IntStream.of(one.images()).boxed().toList();
        List<Integer> wanted = images.stream().filter(j -> !generation.set().has(one.task(), j)).toList();
        images.stream().filter(j -> !wanted.contains(j)).forEach(j -> generation.set().origin(one.task(), j, fingerprint));
        if (!wanted.isEmpty()) {
            generation.make(this::open, new Generation.Batch(one.task(), one.guidance(), images, wanted), fingerprint,
                    settings.model(), writer, () -> { }, known);
        }
        return wanted.size();
    }

    private ImageModel.Opened open() {
        if (model == null) {
            manager = generation.newManager();
            model = generation.open(manager);
        }
        return model;
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
        if (manager != null) {
            manager.close();
        }
    }
}
