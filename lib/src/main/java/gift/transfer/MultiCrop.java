package gift.transfer;

import ai.djl.ndarray.NDArray;
import gift.image.Image;
import gift.image.augment.ViewAugmentation;
import gift.imagine.SelfDistillation;
import gift.tensor.HostImages;
import gift.tensor.NativeOps;
import gift.tensor.RandomStream;
import java.util.function.IntFunction;

/**
 * Multi-crop of DINO (Caron et al. 2021, section 3.1): of each image two global crops, which the teacher sees, and some local
 * ones of little of its area, which the student sees besides.
 *
 * <p>All crops have the same size in pixels, since CLIP's tower has positions for one size. Published local crops are smaller,
 * which saves time and changes nothing in the loss. Global crops take .32 to 1 of the area, as in DINOv2 (published .4 to 1).
 */
public final class MultiCrop {
    /** Crops of an image that the teacher sees. */
    public static final int GLOBAL = 2;

    private MultiCrop() {}

    /**
     * Equation 3 of the paper: the student's view of every crop is to agree with the teacher's of every other global crop.
     *
     * <pre>
     * L = 1 / (2 (V - 1)) sum_{g = 1, 2} sum_{v != g} 1/B sum_b H(p_gb, s_vb),     H(p, s) = -sum_k p_k log softmax(s / 0.1)_k
     * </pre>
     *
     * @param student s (V B, K), cosines: crop 1 of every image, crop 2 of every image, and so on
     * @param teacher p (2 B, K), probabilities without graph, of the global crops, which are the first
     * @param images B
     * @return 0-dim
     */
    public static NDArray loss(NDArray student, NDArray teacher, int images) {
        int crops = Math.toIntExact(student.getShape().get(0) / images);
        NDArray sum = null;
        for (int g = 0; g < GLOBAL; g++) {
            NDArray target = part(teacher, g, images);
            for (int v = 0; v < crops; v++) {
                if (v != g) {
                    NDArray mean = SelfDistillation.crossEntropy(part(student, v, images), target).mean();
                    sum = sum == null ? mean : sum.add(mean);
                }
            }
        }
        return NativeOps.scale(sum, 1.0 / (GLOBAL * (crops - 1)));
    }

    private static NDArray part(NDArray rows, int crop, int images) {
        return rows.get(crop * images + ":" + (crop + 1) * images);
    }

    /**
     * The crops of some images, in the order of {@link #loss}. What is drawn depends on seed, update, place and crop alone.
     *
     * @param numbers of the images
     * @param image by its number
     * @param side pixels of a side of a crop
     * @return V B images of side x side
     */
    static HostImages crops(int[] numbers, IntFunction<Image> image, int side, DinoSettings settings, long seed, int update) {
        ViewAugmentation views = new ViewAugmentation(side);
        return HostImages.of((GLOBAL + settings.localCrops()) * numbers.length, i -> {
            int place = i % numbers.length;
            int crop = i / numbers.length;
            RandomStream random = RandomStream.of(seed, "dino crop", update, place, crop);
            Image whole = image.apply(numbers[place]);
            return switch (crop) {
                case 0 -> views.first(whole, random);
                case 1 -> views.second(whole, random);
                default -> views.local(whole, settings.leastLocalArea(), settings.mostLocalArea(), random);
            };
        });
    }
}
