package gift.diffusion;

import gift.diffusion.schedulers.SchedulerKind;
import gift.io.InputException;

/**
 * How images are made, the same for all of a job.
 *
 * @param scheduler null for the model's own
 * @param steps n
 * @param guidance scale g of classifier-free guidance; 1 or less for none
 * @param eta share of fresh noise in the steps of ddim, 0 to 1
 * @param negativePrompt what guidance leads away from
 * @param width in pixels, a multiple of 8
 * @param height in pixels, a multiple of 8
 * @param batch images computed together
 */
public record Sampling(
        SchedulerKind scheduler, int steps, double guidance, double eta, String negativePrompt, int width, int height, int batch) {

    /** Stable Diffusion v1.5's own. */
    public static final Sampling DEFAULT = new Sampling(null, 50, 7.5, 0, "", 512, 512, 4);

    private static final int MULTIPLE = 8;

    public Sampling {
        require(steps > 0, "steps " + steps + " must be at least 1");
        require(Double.isFinite(guidance), "guidance " + guidance + " must be a number");
        require(eta >= 0 && eta <= 1, "eta " + eta + " must be between 0 and 1");
        require(negativePrompt != null, "negative_prompt must be a text, if only an empty one");
        require(width > 0 && height > 0 && width % MULTIPLE == 0 && height % MULTIPLE == 0,
                "size " + width + " x " + height + " must be multiples of " + MULTIPLE);
        require(batch > 0, "batch " + batch + " must be at least 1");
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "sampling: " + message);
    }

    /** Whether a scale guides: a step then calls the model twice, for the prompt and for the negative one. */
    public static boolean isGuided(double guidance) {
        return guidance > 1;
    }

    public Sampling withScheduler(SchedulerKind kind) {
        return new Sampling(kind, steps, guidance, eta, negativePrompt, width, height, batch);
    }

    public Sampling withSteps(int n) {
        return new Sampling(scheduler, n, guidance, eta, negativePrompt, width, height, batch);
    }

    public Sampling withGuidance(double scale) {
        return new Sampling(scheduler, steps, scale, eta, negativePrompt, width, height, batch);
    }

    public Sampling withEta(double share) {
        return new Sampling(scheduler, steps, guidance, share, negativePrompt, width, height, batch);
    }

    public Sampling withNegativePrompt(String prompt) {
        return new Sampling(scheduler, steps, guidance, eta, prompt, width, height, batch);
    }

    public Sampling withSize(int pixelsWide, int pixelsHigh) {
        return new Sampling(scheduler, steps, guidance, eta, negativePrompt, pixelsWide, pixelsHigh, batch);
    }

    public Sampling withBatch(int images) {
        return new Sampling(scheduler, steps, guidance, eta, negativePrompt, width, height, images);
    }
}
