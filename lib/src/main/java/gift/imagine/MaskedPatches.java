package gift.imagine;

import gift.image.augment.BlockMasks;
import gift.tensor.RandomStream;
import java.util.Arrays;

/**
 * Which patches of the crops of a batch the student does not see.
 *
 * @param masks a row for each crop, true where a patch is masked
 */
public record MaskedPatches(boolean[][] masks) {
    /**
     * Masks a share of the crops: of the n masked crops each takes its ratio from a slice of its own of n equal slices of
     * [least, most]; which crop gets which is random.
     *
     * @param crops all crops of the batch
     * @param share of the crops that are masked, rounded down
     * @param random draws the ratio and the blocks of each mask, then the order of the crops
     */
    public static MaskedPatches draw(int crops, BlockMasks blocks, double share, double least, double most, RandomStream random) {
        int masked = (int) (crops * share);
        boolean[][] masks = new boolean[crops][blocks.patches()];
        for (int i = 0; i < masked; i++) {
            double from = bound(i, masked, least, most);
            double ratio = from + (bound(i + 1, masked, least, most) - from) * random.nextDouble();
            masks[i] = blocks.mask((int) (blocks.patches() * ratio), random);
        }
        boolean[][] shuffled = new boolean[crops][];
        int[] order = random.permutation(crops);
        for (int i = 0; i < crops; i++) {
            shuffled[i] = masks[order[i]];
        }
        return new MaskedPatches(shuffled);
    }

    /** No crop is masked. */
    public static MaskedPatches none(int crops, int patches) {
        return new MaskedPatches(new boolean[crops][patches]);
    }

    /** The lower end of slice i of n. */
    public static double bound(int i, int n, double least, double most) {
        return least + (most - least) * i / n;
    }

    public int crops() {
        return masks.length;
    }

    public int patches() {
        return masks[0].length;
    }

    private static int count(boolean[] mask) {
        int count = 0;
        for (boolean m : mask) {
            count += m ? 1 : 0;
        }
        return count;
    }

    /** The crops with at least one masked patch, in order. */
    public int[] maskedCrops() {
        return numbers(true);
    }

    /** The other crops, in order. */
    public int[] wholeCrops() {
        return numbers(false);
    }

    private int[] numbers(boolean masked) {
        int[] numbers = new int[crops()];
        int n = 0;
        for (int i = 0; i < numbers.length; i++) {
            if (count(masks[i]) > 0 == masked) {
                numbers[n++] = i;
            }
        }
        return Arrays.copyOf(numbers, n);
    }

    /** The numbers of all masked patches, crop by crop: patch p of crop b is b P + p. */
    public long[] indices() {
        return indices(maskedCrops(), false);
    }

    /** The same in the masked crops alone, as if there were no others. */
    public long[] indicesAmongMasked() {
        return indices(maskedCrops(), true);
    }

    private long[] indices(int[] crops, boolean renumbered) {
        long[] indices = new long[crops() * patches()];
        int n = 0;
        for (int k = 0; k < crops.length; k++) {
            for (int p = 0; p < patches(); p++) {
                if (masks[crops[k]][p]) {
                    indices[n++] = (long) (renumbered ? k : crops[k]) * patches() + p;
                }
            }
        }
        return Arrays.copyOf(indices, n);
    }

    /** For every masked patch, in the order of {@link #indices}, the masked patches of its crop. */
    public long[] counts() {
        long[] counts = indices();
        for (int i = 0; i < counts.length; i++) {
            counts[i] = count(masks[(int) (counts[i] / patches())]);
        }
        return counts;
    }

    /** For every masked patch, in the order of {@link #indices}, 1 / (masked patches of its crop). */
    public float[] weights() {
        long[] counts = counts();
        float[] weights = new float[counts.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = 1f / counts[i];
        }
        return weights;
    }

    /** The masks of the masked crops as numbers 1 and 0, (masked crops, P), flat. */
    public long[] ofMaskedCrops() {
        int[] crops = maskedCrops();
        long[] values = new long[crops.length * patches()];
        for (int k = 0; k < crops.length; k++) {
            for (int p = 0; p < patches(); p++) {
                values[k * patches() + p] = masks[crops[k]][p] ? 1 : 0;
            }
        }
        return values;
    }
}
