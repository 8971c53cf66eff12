package gift.diffusion;

import ai.djl.ndarray.NDArray;

/** Looks on while images are made, and may stop it. */
@FunctionalInterface
public interface Watcher {
    /** Watches nothing. */
    Watcher NONE = (done, total, latents) -> true;

    /**
     * Called after every model call.
     *
     * @param done model calls made
     * @param total model calls of the whole job
     * @param latents (B, C, h, w) of the batch at work; valid during this call
     * @return whether to go on; otherwise the job ends with a {@link java.util.concurrent.CancellationException}
     */
    boolean goOn(int done, int total, NDArray latents);
}
