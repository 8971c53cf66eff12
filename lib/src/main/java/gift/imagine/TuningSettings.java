package gift.imagine;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import gift.io.InputException;
import gift.nn.LowRank;
import gift.tensor.Compute;
import gift.tensor.Curve;

/**
 * How a pretrained adapter is tuned on few images.
 *
 * @param seed of the visual head, the order of images, their changes and dropout
 * @param epochs passes over the longer of real and synthetic images, of which the shorter is repeated
 * @param batchSize real images of an update, and as many synthetic ones
 * @param rate a, the learning rate of the adapter, and of the temperature where that is trained
 * @param visualFactor the visual head's is so many times a
 * @param textFactor the text head's
 * @param realShare weight of the loss of real images; that of synthetic ones is the rest
 * @param textWeight of the text head's loss beside the visual head's
 * @param weightDecay of AdamW, on all that is trained
 * @param finalRate to which all learning rates fall along half a cosine
 * @param lowRank low-rank weights in the tower's attention; null for a frozen tower
 * @param compute in which the tower multiplies matrices while it is tuned: fp32, tf32, bf16 or fp16 ({@link Compute}); adapter
 *     and heads are fp32
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TuningSettings(
        long seed,
        int epochs,
        int batchSize,
        double rate,
        double visualFactor,
        double textFactor,
        double realShare,
        double textWeight,
        double weightDecay,
        double finalRate,
        LowRankWeights lowRank,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = Compute.Unsaid.class) Compute compute) {
    /**
     * Low-rank weights beside the projections of queries, keys, values and the result, in all blocks.
     *
     * @param rate their learning rate
     * @param rank r
     * @param alpha the change of a layer is multiplied by alpha / r
     * @param dropout on the low-rank path
     */
    public record LowRankWeights(double rate, int rank, double alpha, double dropout) {
        public LowRankWeights {
            require(rate > 0, "low_rank.rate " + rate + " must be positive");
        }

        LowRank.Settings settings(long seed) {
            return new LowRank.Settings(rank, alpha, dropout, seed);
        }
    }

    /** The published settings of a frozen tower; epochs and rate are the first of their grids. */
    public static final TuningSettings PUBLISHED = new TuningSettings(0, 10, 64, 1e-6, 10, 0.2, 0.8, 1, 1e-4, 0, null);
    /** The published settings with low-rank weights; rates, rank and alpha are the first of their grids. */
    public static final TuningSettings PUBLISHED_LOW_RANK = new TuningSettings(0, 10, 64, 1e-6, 10, 1, 0.8, 1, 1e-4, 1e-7,
            new LowRankWeights(1e-6, 64, 64, 0.1));

    /** In fp32. */
    public TuningSettings(long seed, int epochs, int batchSize, double rate, double visualFactor, double textFactor,
            double realShare, double textWeight, double weightDecay, double finalRate, LowRankWeights lowRank) {
        this(seed, epochs, batchSize, rate, visualFactor, textFactor, realShare, textWeight, weightDecay, finalRate, lowRank,
                Compute.FP32);
    }

    public TuningSettings {
        compute = compute == null ? Compute.FP32 : compute;
        require(epochs > 0 && batchSize > 0, "epochs " + epochs + " and batch_size " + batchSize + " must be positive");
        require(rate > 0 && visualFactor > 0 && textFactor > 0, "rate " + rate + ", visual_factor " + visualFactor
                + " and text_factor " + textFactor + " must be positive");
        require(realShare >= 0 && realShare <= 1, "real_share " + realShare + " must be in [0, 1]");
        require(textWeight >= 0 && weightDecay >= 0 && finalRate >= 0, "text_weight " + textWeight + ", weight_decay "
                + weightDecay + " and final_rate " + finalRate + " must not be negative");
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "few-shot tuning: " + message);
    }

    public TuningSettings withRate(double a) {
        return new TuningSettings(seed, epochs, batchSize, a, visualFactor, textFactor, realShare, textWeight, weightDecay,
                finalRate, lowRank, compute);
    }

    public TuningSettings withEpochs(int count) {
        return new TuningSettings(seed, count, batchSize, rate, visualFactor, textFactor, realShare, textWeight, weightDecay,
                finalRate, lowRank, compute);
    }

    public TuningSettings withLowRank(LowRankWeights weights) {
        return new TuningSettings(seed, epochs, batchSize, rate, visualFactor, textFactor, realShare, textWeight, weightDecay,
                finalRate, weights, compute);
    }

    public TuningSettings withCompute(Compute other) {
        return new TuningSettings(seed, epochs, batchSize, rate, visualFactor, textFactor, realShare, textWeight, weightDecay,
                finalRate, lowRank, other);
    }

    /** The rule by which the two heads are joined. */
    @JsonIgnore
    public Fusion fusion() {
        return lowRank == null ? Fusion.NORMALIZED : Fusion.SUM;
    }

    /**
     * T, the updates after which the cosine ends: epochs times items / batch_size, a fraction where they do not divide. With
     * low-rank weights the published code rounds the updates of an epoch down; one is made in any case.
     *
     * @param items the larger of the numbers of real and of synthetic images
     */
    public double period(int items) {
        return lowRank == null ? epochs * ((double) items / batchSize) : (double) epochs * Math.max(1, items / batchSize);
    }

    /** The updates that are made: the period, rounded up. */
    public int updates(int items) {
        return (int) Math.ceil(period(items));
    }

    /** base, then final + (base - final) (1 + cos(pi i / T)) / 2. */
    public Curve falling(double base, int items) {
        double period = period(items);
        return i -> finalRate + 0.5 * (base - finalRate) * (1 + Math.cos(Math.PI * i / period));
    }
}
