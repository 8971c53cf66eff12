package gift.diffusion.schedulers;

import java.util.Arrays;

/** A rule that goes from one whole timestep of the model's noise schedule to the next; leading ones unless a file says so. */
abstract class TimestepScheduler implements Scheduler {
    final NoiseSchedule noise;
    final Prediction prediction;
    final int[] timesteps; // the last ones of all
    final int stride;

    /**
     * @param steps of a whole run
     * @param kept the last of them that are taken
     */
    TimestepScheduler(NoiseConfig config, RuleConfig rule, int steps, int kept) {
        noise = config.schedule();
        prediction = config.prediction();
        stride = noise.length() / steps;
        int[] all = rule.spacing(TimestepSpacing.LEADING).rounded(noise.length(), steps, rule.stepsOffset());
        timesteps = Arrays.copyOfRange(all, steps - kept, steps);
    }

    @Override
    public int[] timesteps() {
        return timesteps.clone();
    }

    @Override
    public final NoiseSchedule noiseSchedule() {
        return noise;
    }
}
