package gift.diffusion.glide;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import gift.diffusion.Watcher;
import gift.image.Image;
import gift.tensor.HostCopy;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.IntFunction;

/**
 * From noise to images by a network, step by step. Nothing is left of a step but the images; no graph is recorded.
 *
 * @param process whose kept timesteps are taken, last first
 * @param network what predicts noise and variance
 */
public record Reverse(DiffusionProcess process, Network network) {
    /** A network of GLIDE, or what stands for one. */
    @FunctionalInterface
    public interface Network {
        /**
         * @param x (B, 3, h, w)
         * @param timestep of the schedule that the network was trained with
         * @return (B, 6, h, w): the noise, then where between the bounds the variance lies, -1 .. 1
         */
        NDArray answer(NDArray x, int timestep);
    }

    /**
     * Classifier-free guidance (Ho and Salimans 2022) of the noise alone; the variance is that with the text:
     * e = e(x) + g (e(x, text) - e(x)).
     *
     * @param with the answer with the text, (B, 6, h, w)
     * @param without the answer to the empty text, (B, 6, h, w)
     * @param scale g
     */
    public static NDArray guided(NDArray with, NDArray without, double scale) {
        NDList halves = with.split(2, 1);
        NDArray noise = without.split(2, 1).get(0);
        return NDArrays.concat(new NDList(noise.add(NativeOps.scale(halves.get(0).sub(noise), scale)), halves.get(1)), 1);
    }

    /**
     * Ancestral sampling.
     *
     * @param start images noised to timestep {@code steps - 1} of those kept, (B, 3, h, w); it stays open
     * @param steps how many timesteps are taken, the last ones on the way: all of {@link DiffusionProcess#length} from noise,
     *     fewer from a real image (real guidance)
     * @param fresh standard normal values of that shape for a timestep t of those kept; not asked for t = 0
     * @return (B, 3, h, w), which the caller owns, or the scope around the call
     * @throws ArithmeticException naming the timestep, if a value is no number; thrown when one more step is made
     * @throws CancellationException if the watcher says so
     */
    public NDArray ancestral(NDArray start, int steps, IntFunction<NDArray> fresh, Watcher watcher) {
        return run(start, steps, watcher, (answer, x, t) ->
                process.ancestral(answer, x, t, t == 0 ? null : fresh.apply(t)));
    }

    /** DDIM without noise from {@code start}, (B, 3, h, w), over all timesteps; otherwise as {@link #ancestral}. */
    public NDArray ddim(NDArray start, Watcher watcher) {
        return run(start, process.length(), watcher, process::ddim);
    }

    /** x in -1 .. 1 to the nearest of 256 values: round((x + 1) 127.5) / 127.5 - 1. */
    public static NDArray rounded(NDArray x) {
        return Scalars.add(Scalars.divide(NativeOps.scale(Scalars.add(x, 1), 127.5).round(), 127.5), -1);
    }

    /** The images of (B, 3, h, w) in -1 .. 1; values rounded to the nearest of 0..255, halves to the even one. */
    static List<Image> images(NDArray x) {
        float[] values = HostCopy.floats(x);
        int h = (int) x.size(2);
        int w = (int) x.size(3);
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < x.size(0); i++) {
            byte[] rgb = new byte[3 * h * w];
            for (int k = 0; k < rgb.length; k++) {
                float value = (values[i * rgb.length + k % 3 * h * w + k / 3] + 1) * 127.5f;
                rgb[k] = (byte) Math.max(0, Math.min(255, Math.rint(value)));
            }
            images.add(new Image(w, h, rgb));
        }
        return images;
    }

    @FunctionalInterface
    private interface Step {
        NDArray next(NDArray answer, NDArray x, int t);
    }

    private NDArray run(NDArray start, int steps, Watcher watcher, Step step) {
        return Scopes.withoutGradients(() -> {
            NDArray x = start;
            NDArray sum = null; // of the images of the step before: read when the device has the next step to do
            for (int t = steps - 1; t >= 0; t--) {
                NDArray before = x;
                int now = t;
                x = Scopes.withoutGradients(() -> step.next(network.answer(before, process.original(now)), before, now));
                if (before != start) {
                    before.close();
                }
                if (sum != null) {
                    requireNumbers(sum, process.original(t + 1));
                }
                sum = x.sum();
                if (!watcher.goOn(steps - t, steps, x)) {
                    throw new CancellationException("stopped after step " + (steps - t) + " of " + steps);
                }
            }
            if (sum != null) {
                requireNumbers(sum, process.original(0));
            }
            return x;
        });
    }

    /** @param sum of the images, 0-dim; closed */
    private static void requireNumbers(NDArray sum, int timestep) {
        float value = Transfers.read(sum)[0];
        sum.close();
        if (!Float.isFinite(value)) {
            throw new ArithmeticException("the images are no numbers after timestep " + timestep);
        }
    }
}
