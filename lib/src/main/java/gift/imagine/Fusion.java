package gift.imagine;

/**
 * How the logits of the two heads of a tuned model are joined. The weight is chosen on validation images; both rules are
 * those of the published code, in single precision as there.
 */
public enum Fusion {
    /**
     * w v / |v| + (1 - w) t / |t|, row by row, of visual logits v and text logits t. w = 0, 0.02, ..., 0.98 in order: a
     * weight is kept while validation accuracy does not fall, so that ties move on; the first fall ends the search, even if
     * it would rise again. The rule of tuning without low-rank weights.
     */
    NORMALIZED(0.02, 50, true, true),
    /**
     * The same sum; w = 0, 0.02, ..., 1: all are tried, and the first of the highest validation accuracy is taken. Not
     * published: where the visual head alone is better than the text head, the first fall can come long before the best weight.
     */
    NORMALIZED_EVERY_WEIGHT(0.02, 51, true, false),
    /**
     * w v + t. w = 0, 0.01, ..., 1: all are tried, and the first of the highest validation accuracy is taken. The rule of
     * tuning with low-rank weights.
     */
    SUM(0.01, 101, false, false);

    /** torch.arange fills so many places at a time, from a first one that is rounded. */
    private static final int LANES = 8;

    private final double step;
    private final int count;
    private final boolean normalized;
    private final boolean stopsAtAFall;

    Fusion(double step, int count, boolean normalized, boolean stopsAtAFall) {
        this.step = step;
        this.count = count;
        this.normalized = normalized;
        this.stopsAtAFall = stopsAtAFall;
    }

    /**
     * Logits of both heads.
     *
     * @param visual (N, C), flat
     * @param text (N, C), flat
     * @param labels (N), classes from 0
     */
    public record Logits(float[] visual, float[] text, int[] labels) {
        public Logits {
            if (labels.length == 0 || visual.length != text.length || visual.length % labels.length != 0) {
                throw new IllegalArgumentException(visual.length + " and " + text.length + " logits of " + labels.length
                        + " images");
            }
        }

        public int classes() {
            return visual.length / labels.length;
        }

        /** Share of the images whose largest visual logit is that of their class. */
        public double visualAccuracy() {
            return accuracy(visual, labels);
        }

        /** The same of text logits. */
        public double textAccuracy() {
            return accuracy(text, labels);
        }
    }

    /**
     * What validation chose.
     *
     * @param weight w
     * @param accuracy the share of validation images that are classified right with it
     * @param tried how many weights were
     */
    public record Choice(float weight, double accuracy, int tried) {}

    private float[] fused(float[] visual, float[] text, int row, int classes, float weight) {
        float v = normalized ? length(visual, row, classes) : 1;
        float t = normalized ? length(text, row, classes) : 1;
        float rest = normalized ? 1 - weight : 1;
        float[] fused = new float[classes];
        for (int k = 0; k < classes; k++) {
            int i = row * classes + k;
            fused[k] = weight * (visual[i] / v) + rest * (text[i] / t);
        }
        return fused;
    }

    /** The weights that are tried, in order, with the roundings of torch.arange. */
    public float[] weights() {
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            int start = i < count - count % LANES ? i - i % LANES : i; // the last ones are computed one by one
            weights[i] = (float) ((float) (step * start) + (i - start) * step);
        }
        return weights;
    }

    /** Chooses a weight on validation images. */
    public Choice choose(Logits validation) {
        float best = 0;
        double highest = -1;
        int tried = 0;
        for (float weight : weights()) {
            double accuracy = accuracy(validation, weight);
            tried++;
            if (accuracy > highest || stopsAtAFall && accuracy == highest) {
                highest = accuracy;
                best = weight;
            } else if (stopsAtAFall) {
                break;
            }
        }
        return new Choice(best, highest, tried);
    }

    /** Share of the images that the joined logits classify right. */
    public double accuracy(Logits logits, float weight) {
        int classes = logits.classes();
        float[] all = new float[logits.visual.length];
        for (int row = 0; row < logits.labels.length; row++) {
            System.arraycopy(fused(logits.visual, logits.text, row, classes, weight), 0, all, row * classes, classes);
        }
        return accuracy(all, logits.labels);
    }

    /**
     * The largest of the accuracies on test images of both heads and of their fusion: what the published drivers report. It
     * chooses on the test images, so that it is no accuracy of one classifier; for comparison with published tables alone.
     */
    public double bestOfThreeOnTest(Logits test, float weight) {
        return Math.max(accuracy(test, weight), Math.max(test.visualAccuracy(), test.textAccuracy()));
    }

    private static double accuracy(float[] logits, int[] labels) {
        int classes = logits.length / labels.length;
        int right = 0;
        for (int row = 0; row < labels.length; row++) {
            int best = 0;
            for (int k = 1; k < classes; k++) {
                best = logits[row * classes + k] > logits[row * classes + best] ? k : best;
            }
            right += best == labels[row] ? 1 : 0;
        }
        return (double) right / labels.length;
    }

    private static float length(float[] values, int row, int classes) {
        double sum = 0;
        for (int i = row * classes; i < (row + 1) * classes; i++) {
            sum += (double) values[i] * values[i];
        }
        return (float) Math.sqrt(sum);
    }
}
