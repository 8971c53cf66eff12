package gift.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.JniUtils;
import gift.clip.Clip;
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
 * Image features of frozen models, kept in files that are named by a hash of all they depend on: every weight, the
 * content of every image, resolution, engine, device (of a GPU its name and the variables of TF32) and threads. Whatever
 * changes is computed anew; nothing is ever stale. All runs of a study begin with the same model, and evaluate it once in place of once each.
 */
public final class FeatureCache {
    /** Keeps nothing. */
    public static final FeatureCache NONE = new FeatureCache(null);

    private static final String NAME = "features";

    private final Path folder; // null to keep nothing

    private FeatureCache(Path folder) {
        this.folder = folder;
    }

    /** In the folder {@code features} of a cache. */
    public static FeatureCache in(Path cache) {
        return new FeatureCache(cache.resolve(NAME));
    }

    /**
     * The features of all images, from the file if there is one.
     *
     * @param make computes them: unit-length rows (images, D), flat
     */
    public float[] of(Clip model, ImageSource images, Supplier<float[]> make) {
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

    private static String key(Clip model, ImageSource images) {
        StringBuilder weights = new StringBuilder();
        model.parameters().all().forEach((name, values) ->
                weights.append(name).append(' ').append(sha256(values)).append('\n'));
        String all = String.join("\n", "features of images after evaluation preprocessing", model.config().toString(),
                weights, Contents.sha256(images), model.manager().getEngine().getVersion(),
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
