package gift.recognition;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.NativeOps;
import gift.tensor.PackedNumbers;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.util.Arrays;

/** Features of a frozen encoder, computed once and kept on the device. */
public final class KnownFeatures implements TrainingImages, AutoCloseable {
    private final NDManager manager;
    private final NDArray all; // (N, D)
    private final int[] labels;

    /** On the device of {@code manager}; the caller closes it. */
    public KnownFeatures(FeatureSet features, NDManager manager) {
        this.manager = manager;
        this.labels = features.labels();
        this.all = Scopes.outside(() -> Transfers.write(manager, features.values(), new Shape(features.size(), features.width())));
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public NDArray labels(int[] images) {
        return Transfers.write(manager, Arrays.stream(images).mapToLong(i -> labels[i]).toArray());
    }

    @Override
    public NDArray features(int[] images, int update) {
        return NativeOps.rows(all, Transfers.write(manager, PackedNumbers.longs(images)));
    }

    @Override
    public void close() {
        all.close();
    }
}
