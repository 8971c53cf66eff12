package gift.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.JniUtils;
import gift.clip.Clip;
import gift.data.BoundedCache;
import gift.data.Contents;
import gift.data.ImageSource;
import gift.io.Hashes;
import gift.io.SafeTensors;
import gift.io.TensorSource;
import gift.tensor.Gpus;
import gift.tensor.HostCopy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Image features of frozen models. All runs of a study begin with the same model, and evaluate it once in place of once each.
 *
 * <p>In files they are named by a hash of all they depend on: every weight, the content of every image, resolution, engine,
 * device (of a GPU its name and the variables of TF32) and threads. Whatever changes is computed anew; nothing is ever
 * stale. In memory they are known by every weight and by the object that the images are of.
 */
public final class FeatureCache {
    /** Keeps nothing. */
    public static final FeatureCache NONE = new FeatureCache(null, null);

    private static final String NAME = "features";
    private static final long MOST = 1L << 28; // bytes in memory

    private final Path folder; // null to keep no files
    private final BoundedCache<Key, float[]> kept; // null to keep nothing in memory

    /** The object that images are of, and the hash of the weights. */
    private record Key(ImageSource images, String weights) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.images == images && key.weights.equals(weights);
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(images) + weights.hashCode();
        }
    }

    private FeatureCache(Path folder, BoundedCache<Key, float[]> kept) {
        this.folder = folder;
        this.kept = kept;
    }

    /** In the folder {@code features} of a cache. */
    public static FeatureCache in(Path cache) {
        return new FeatureCache(cache.resolve(NAME), null);
    }

    /** In memory, up to 256 MiB: of data sets that are opened once and evaluated often. */
    public static FeatureCache inMemory() {
        return new FeatureCache(null, new BoundedCache<>(MOST));
    }

    /**
     * The features of all images, known or made.
     *
     * @param make computes them: unit-length rows (images, D), flat
     * @return to be read only
     */
    public float[] of(Clip model, ImageSource images, Supplier<float[]> make) {
        if (kept != null) {
            return inMemory(model, images, make);
        }
        if (folder == null) {
            return make.get();
        }
        String key = key(model, images);
        Path file = folder.resolve(key + ".safetensors");
        if (Files.isRegularFile(file)) {
            try (SafeTensors kept = SafeTensors.open(file)) {
                return kept.floats(NAME);
            }
        }
        float[] features = make.get();
        long[] shape = {images.size(), features.length / Math.max(1, images.size())};
        SafeTensors.write(file, Map.of("pictures", images.name()), List.of(TensorSource.of(NAME, shape, features)));
        return features;
    }

    private float[] inMemory(Clip model, ImageSource images, Supplier<float[]> make) {
        String weights = Hashes.sha256(weights(model).getBytes(StandardCharsets.UTF_8));
        return kept.of(new Key(images, weights), make, features -> (long) Float.BYTES * features.length);
    }

    private static String weights(Clip model) {
        StringBuilder weights = new StringBuilder();
        model.parameters().all().forEach((name, values) ->
                weights.append(name).append(' ').append(sha256(values)).append('\n'));
        return weights.toString();
    }

    private static String key(Clip model, ImageSource images) {
        String all = String.join("\n", "features of images after evaluation preprocessing", model.config().toString(),
                weights(model), Contents.sha256(images), model.manager().getEngine().getVersion(),
                model.manager().getDevice().getDeviceType(), "threads " + JniUtils.getNumThreads());
        if (model.manager().getDevice().isGpu()) {
            all += "\n" + Gpus.name(model.manager().getDevice()) + "\n" + Gpus.tf32();
        }
        return Hashes.sha256(all.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(NDArray values) {
        return values.getDataType() + " " + values.getShape() + " " + Hashes.sha256(HostCopy.bytes(values));
    }
}
