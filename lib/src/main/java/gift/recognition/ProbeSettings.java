package gift.recognition;

import gift.io.InputException;

/**
 * How the linear probe is trained: from zero, by cross-entropy on the real images. Own settings; the probe of Radford et
 * al. 2021 is the same model with L-BFGS and a search for the decay.
 *
 * @param learningRate of AdamW, half a cosine to 0
 * @param weightDecay of AdamW
 * @param batchSize images of an update
 * @param epochs passes over the images
 */
public record ProbeSettings(double learningRate, double weightDecay, int batchSize, int epochs) {
    public static final ProbeSettings DEFAULT = new ProbeSettings(0.1, 0.01, 32, 100);

    public ProbeSettings {
        InputException.require(learningRate > 0 && weightDecay >= 0 && batchSize > 0 && epochs > 0,
                "linear_probe: learning_rate, weight_decay, batch_size or epochs is out of range");
    }
}
