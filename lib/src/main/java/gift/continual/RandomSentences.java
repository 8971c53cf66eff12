package gift.continual;

import gift.clip.Tokenizer;
import gift.tensor.RandomStream;

/** The texts of LwF-VR: sentences of random tokens, as token rows. */
public final class RandomSentences {
    /** How many are drawn for a task. */
    public static final int COUNT = 1000;

    private static final int WORDS = 10;

    private RandomSentences() {}

    /**
     * Rows of start, 10 tokens drawn from the whole vocabulary (fewer where the context is shorter), end, zeros; drawn
     * once for a task.
     *
     * @return (COUNT, contextLength)
     */
    public static long[][] draw(Tokenizer tokenizer, int contextLength, long seed, int taskNumber) {
        int words = Math.min(WORDS, contextLength - 2);
        long[][] rows = new long[COUNT][contextLength];
        for (int i = 0; i < COUNT; i++) {
            RandomStream random = RandomStream.of(seed, "random sentence", taskNumber, i);
            rows[i][0] = tokenizer.startToken();
            for (int k = 1; k <= words; k++) {
                rows[i][k] = random.nextInt(tokenizer.vocabularySize());
            }
            rows[i][words + 1] = tokenizer.endToken();
        }
        return rows;
    }
}
