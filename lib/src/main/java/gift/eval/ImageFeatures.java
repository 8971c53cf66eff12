package gift.eval;

import gift.clip.Clip;
import gift.data.ImageSource;
import gift.image.Image;
import gift.image.Preprocess;
import gift.tensor.HostBuffers;
import gift.tensor.HostCopy;
import gift.tensor.HostImages;
import gift.tensor.Scopes;
import gift.train.Prefetch;
import java.util.function.IntFunction;

/** Features of many images by a frozen CLIP, a batch at a time; the next images are prepared in the background meanwhile. */
public final class ImageFeatures {
    private static final int BATCH = 100;

    private ImageFeatures() {}

    /**
     * Features of all images, as the evaluation sees them.
     *
     * @param known what was computed before
     * @param eachBatch is called before every batch; what it throws ends the work
     * @return unit-length rows (images, D), flat
     */
    public static float[] of(Clip model, ImageSource images, FeatureCache known, Runnable eachBatch) {
        int resolution = model.config().imageResolution();
        return known.of(model, images, () -> of(model, images.size(),
                i -> Preprocess.evaluation(images.image(i), resolution), eachBatch));
    }

    /** The same of images that are resized and cropped already. */
    static float[] of(Clip model, int size, IntFunction<Image> prepared, Runnable eachBatch) {
        int batches = (size + BATCH - 1) / BATCH;
        float[] all = new float[Math.multiplyExact(size, model.config().embedDim())];
        HostBuffers buffers = new HostBuffers();
        try (Prefetch<HostImages> images = new Prefetch<>(k -> batch(prepared, k * BATCH, size), batches)) {
            for (int from = 0; from < size; from += BATCH) {
                eachBatch.run();
                int begin = from * model.config().embedDim();
                HostImages batch = images.get(from / BATCH);
                Scopes.withoutGradients(() -> {
                    float[] some = HostCopy.floats(model.imageFeatures(batch.on(model.manager(), buffers)));
                    System.arraycopy(some, 0, all, begin, some.length);
                });
            }
        }
        return all;
    }

    private static HostImages batch(IntFunction<Image> prepared, int from, int size) {
        return HostImages.of(Math.min(BATCH, size - from), i -> prepared.apply(from + i));
    }
}
