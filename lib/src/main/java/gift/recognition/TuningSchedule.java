package gift.recognition;

import gift.tensor.Curve;
import gift.tensor.Schedule;

/**
 * The published learning rate: warm-up, then half a cosine over all epochs, at step i + epoch * scheduled, where i counts
 * the batches within an epoch. It is {@link Schedule} where an epoch has as many batches as scheduled; where it has more,
 * the rate saws: each epoch runs ahead into the next ones' steps and falls back, and the last one runs past the cosine's
 * end, where the rate rises again.
 *
 * @param peak the highest rate
 * @param warmup updates
 * @param epochs in all
 * @param scheduled batches of an epoch that the schedule counts
 * @param batches of an epoch in truth
 */
record TuningSchedule(double peak, int warmup, int epochs, int scheduled, int batches) implements Curve {
    @Override
    public double at(int update) {
        int step = update % batches + update / batches * scheduled;
        return new Schedule(peak, warmup, epochs * scheduled).rate(step);
    }
}
