package gift.clip;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.Devices;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * The weighted mean of several CLIPs of one size: the federated mean of checkpoints, or, of two, the interpolation of
 * WiSE-FT.
 */
public final class ClipMean {
    private ClipMean() {}

    /**
     * Writes theta = sum w_i theta_i / sum w_i.
     *
     * @param files weights, or folders of weights
     * @param weights one each, positive; empty for equal ones
     * @throws InputException if the models differ in size, heads or activation, hold NaN, or the weights cannot be used
     */
    public static void write(Path out, List<Path> files, List<Double> weights) {
        List<Double> w = weights.isEmpty() ? Collections.nCopies(files.size(), 1.0) : weights;
        if (w.size() != files.size()) {
            throw new InputException(w.size() + " weights for " + files.size() + " models");
        }
        if (!w.stream().allMatch(x -> x > 0 && Double.isFinite(x))) {
            throw new InputException("the weights " + w + " must be positive");
        }
        ClipConfig config = ClipWeights.check(files.get(0));
        for (Path file : files) {
            ClipConfig other = ClipWeights.check(file);
            if (!other.equals(config)) {
                throw new InputException("models of different settings have no mean: " + files.get(0) + " is "
                        + Json.line(config) + ", " + file + " is " + Json.line(other));
            }
        }
        try (NDManager manager = Devices.newManager(Device.cpu()); Clip mean = ClipWeights.load(files.get(0), manager)) {
            double total = w.get(0);
            for (int i = 1; i < files.size(); i++) {
                try (Clip next = ClipWeights.load(files.get(i), mean.config(), manager)) {
                    total += w.get(i);
                    mean.parameters().lerp(next.parameters(), w.get(i) / total);
                }
            }
            ClipWeights.save(out, mean);
        }
    }
}
