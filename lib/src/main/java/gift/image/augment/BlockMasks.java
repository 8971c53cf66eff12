package gift.image.augment;

import java.util.random.RandomGenerator;

/**
 * Masks of rectangular blocks over a grid of patches (BEiT: Bao et al. 2022, algorithm 1, as DINOv2 has it): blocks of
 * random place, of height over width between 0.3 and 1 / 0.3, are added until so many patches are masked, or ten blocks in
 * a row do not fit.
 */
public final class BlockMasks {
    private static final int TRIES = 10;
    private static final double LOG_RATIO = Math.log(1 / 0.3);
    private static final int LEAST = 4; // patches aimed at for a block

    private final int rows;
    private final int columns;

    /** Of a grid of so many patches. */
    public BlockMasks(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** Patches of the grid. */
    public int patches() {
        return rows * columns;
    }

    /**
     * A mask of at most {@code count} patches, and at most half of the grid in one block. Draws, a block: area, logarithm of
     * the ratio, and if it fits row and column.
     *
     * @return row by row, true where masked
     */
    public boolean[] mask(int count, RandomGenerator random) {
        boolean[] mask = new boolean[patches()];
        int masked = 0;
        while (masked < count) {
            int added = block(mask, Math.min(count - masked, patches() / 2), random);
            if (added == 0) {
                break;
            }
            masked += added;
        }
        return mask;
    }

    /** Masks the first of ten blocks that adds between 1 and {@code most} patches; returns how many it added. */
    private int block(boolean[] mask, int most, RandomGenerator random) {
        for (int i = 0; i < TRIES; i++) {
            double area = LEAST + (most - LEAST) * random.nextDouble();
            double ratio = Math.exp(LOG_RATIO * (2 * random.nextDouble() - 1));
            int h = (int) Math.rint(Math.sqrt(area * ratio));
            int w = (int) Math.rint(Math.sqrt(area / ratio));
            if (h >= rows || w >= columns || h * w == 0) {
                continue;
            }
            int top = random.nextInt(rows - h + 1);
            int left = random.nextInt(columns - w + 1);
            int added = 0;
            for (int p = 0; p < h * w; p++) {
                added += mask[place(p, top, left, w)] ? 0 : 1;
            }
            if (added > 0 && added <= most) {
                for (int p = 0; p < h * w; p++) {
                    mask[place(p, top, left, w)] = true;
                }
                return added;
            }
        }
        return 0;
    }

    /** The number, in the grid, of patch p of a block. */
    private int place(int p, int top, int left, int width) {
        return (top + p / width) * columns + left + p % width;
    }
}
