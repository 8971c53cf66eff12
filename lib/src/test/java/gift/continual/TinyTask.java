package gift.continual;

import gift.clip.ClipConfig;
import gift.nn.Activation;
import gift.tensor.RandomStream;
import java.util.Arrays;
import java.util.List;

/** A task of noise for a CLIP small enough to train hundreds of updates a second. */
final class TinyTask implements TaskBatches {
    static final ClipConfig CONFIG = new ClipConfig(
            16, 16, List.of(1), 64, 8, 1, 8, 64, 32, 2, 1, Activation.QUICK_GELU);
    private static final int PICTURE = 3 * 16 * 16;
    private static final int BATCH = 6;

    @Override
    public Batch batch(int iteration) {
        RandomStream random = RandomStream.of(1, "labels", iteration);
        long[] labels = new long[BATCH];
        Arrays.setAll(labels, i -> random.nextInt(5));
        return new Batch(RandomStream.of(1, "pictures", iteration).normals(BATCH * PICTURE, 1), labels);
    }

    @Override
    public long[][] classTokens(int iteration) {
        return tokens("class", 5);
    }

    /** Rows of 3 to 6 tokens: start 62, words, end 63. */
    private static long[][] tokens(String name, int rows) {
        long[][] tokens = new long[rows][8];
        for (int i = 0; i < rows; i++) {
            RandomStream random = RandomStream.of(1, name, i);
            int words = 1 + random.nextInt(4);
            tokens[i][0] = 62;
            for (int k = 1; k <= words; k++) {
                tokens[i][k] = 1 + random.nextInt(60);
            }
            tokens[i][words + 1] = 63;
        }
        return tokens;
    }

    /** 20 pictures of 4 texts, so that a batch of 6 holds the same text more than once. */
    static final class Pairs implements ReferencePairs {
        private final long[][] texts = tokens("text", 4);

        @Override
        public int size() {
            return 20;
        }

        @Override
        public boolean fixed() {
            return true;
        }

        @Override
        public float[] picture(int i, int iteration) {
            return RandomStream.of(1, "reference", i).normals(PICTURE, 1);
        }

        @Override
        public long[][] texts() {
            return texts;
        }

        @Override
        public int text(int i) {
            return i % 4;
        }

        @Override
        public int[] batch(int iteration) {
            return Arrays.copyOf(RandomStream.of(1, "pairs", iteration).permutation(20), BATCH);
        }
    }
}
