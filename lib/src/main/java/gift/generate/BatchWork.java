package gift.generate;

import ai.djl.ndarray.NDManager;
import gift.generate.GeneratedSet.Settings;
import gift.io.InputException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes single batches of a generation ({@link Generation#work}). The model is read before the first of them that lacks an
 * image, and kept for those after it. Tables and manifests are written by {@link Generation#finish}.
 */
public final class BatchWork implements AutoCloseable {
    private final Generation generation;
    private final Settings settings;
    private final String fingerprint;
    private NDManager manager;
    private ImageModel.Opened model;

    BatchWork(Generation generation, Settings settings) {
        this.generation = generation;
        this.settings = settings;
        this.fingerprint = Generation.fingerprint(settings);
    }

    /**
     * Makes the images of a batch that are missing.
     *
     * @param number of the batch
     * @return how many were missing
     * @throws InputException if an image of the batch is there that another plan made
     */
    public int make(int number) {
        Batches.One one = generation.oneBatch(number);
        return generation.set().together(settings, () -> {
            List<Integer> images = IntStream.of(one.images()).boxed().toList();
            List<Integer> wanted = images.stream().filter(j -> !generation.set().has(one.task(), j)).toList();
            images.stream().filter(j -> !wanted.contains(j)).forEach(j -> generation.set().origin(one.task(), j, fingerprint));
            if (!wanted.isEmpty()) {
                open();
                try (ImageWriter writer = new ImageWriter()) {
                    generation.make(model, new Generation.Batch(one.task(), one.guidance(), images, wanted), fingerprint,
                            settings.model(), writer, () -> { });
                }
            }
            return wanted.size();
        });
    }

    private void open() {
        if (model == null) {
            manager = generation.newManager();
            model = generation.open(manager);
        }
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
