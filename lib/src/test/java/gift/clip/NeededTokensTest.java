package gift.clip;

import static gift.Numbers.difference;
import static gift.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.nn.Activation;
import gift.nn.LowRank;
import gift.tensor.Chain;
import gift.tensor.Compute;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import gift.tensor.Kernel;
import gift.tensor.MixedPrecision;
import gift.tensor.NativeOps;
import gift.tensor.Precision;
import gift.tensor.Scopes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Features and gradients where the towers compute the needed tokens alone, and where they compute all. */
class NeededTokensTest {
    private static final ClipConfig VIT = new ClipConfig(
            32, 16, List.of(2), 128, 4, 2, 8, 500, 64, 2, 3, Activation.QUICK_GELU);
    /** Two that begin alike, two that are alike, one that is the beginning of another but for its end. */
    private static final long[][] TOKENS = {{498, 7, 8, 3, 499, 0, 0, 0}, {498, 7, 9, 499, 0, 0, 0, 0},
            {498, 7, 9, 499, 0, 0, 0, 0}, {498, 499, 0, 0, 0, 0, 0, 0}, {498, 1, 2, 3, 4, 5, 6, 499}};

    private final NDManager manager = Devices.newManager(Device.cpu());
    private final Clip clip = clip();
    private final NDArray images = normal(manager, "images", 3, 3, 16, 16);
    private final Map<String, NDArray> weights =
            Map.of("images", normal(manager, "wi", 3, 32), "texts", normal(manager, "wt", 5, 32));

    @AfterEach
    void close() {
        manager.close();
    }

    private Clip clip() {
        Clip random = Clip.random(VIT, manager, 1);
        random.parameters().all().forEach((name, array) -> {
            if (name.endsWith("bias")) {
                Scopes.withoutGradients(() -> NativeOps.copy(array, normal(manager, name, array.getShape().getShape()).mul(0.1)));
            }
        });
        return random.train(Trainable.WHOLE);
    }

    private static <T> List<T> offAndOn(Supplier<T> work) {
        return List.of(Kernel.NEEDED_TOKENS.with(false, work), Kernel.NEEDED_TOKENS.with(true, work));
    }

    private Map<String, float[]> features(Clip model) {
        return Map.of("images", Scopes.withoutGradients(() -> model.imageFeatures(images)).toFloatArray(),
                "texts", Scopes.withoutGradients(() -> model.textFeatures(TOKENS)).toFloatArray());
    }

    private static void requireSame(List<Map<String, float[]>> offAndOn, double most) {
        offAndOn.get(0).forEach((name, off) -> {
            // key biases have a gradient of zero but for rounding
            int[] ranges = name.endsWith("in_proj_bias") ? new int[] {0, 1, 2, 3} : new int[] {0, 3};
            for (int k = 0; k + 1 < ranges.length; k++) {
                if (ranges.length == 2 || k != 1) {
                    int from = off.length * ranges[k] / 3;
                    int to = off.length * ranges[k + 1] / 3;
                    assertThat(difference(Arrays.copyOfRange(offAndOn.get(1).get(name), from, to),
                            Arrays.copyOfRange(off, from, to))).as(name).isLessThan(most);
                }
            }
        });
    }

    private Map<String, float[]> gradients(Compute compute, boolean checkpointing) {
        clip.parameters().zeroGradients();
        Map<String, Chain> chains = new LinkedHashMap<>();
        chains.put("images", clip.imageChain(images));
        chains.put("texts", clip.textChain(TOKENS, true));
        try (MixedPrecision mixed = new MixedPrecision(compute, clip.parameters());
                Gradients recording = Gradients.record(mixed)) {
            chains.forEach((name, chain) -> {
                if (checkpointing) {
                    chain.keepingInputs().backward(weights.get(name));
                } else {
                    recording.backward(chain.forward(), weights.get(name));
                }
            });
            Map<String, float[]> gradients = new LinkedHashMap<>();
            clip.parameters().trained().forEach((name, array) -> gradients.put(name, array.getGradient().toFloatArray()));
            return gradients;
        }
    }

    @Test
    void features() {
        requireSame(offAndOn(() -> features(clip)), 1e-6);
    }

    @Test
    void gradients() {
        List<Map<String, float[]>> both = offAndOn(() -> gradients(Compute.FP32, false));
        assertThat(both.get(1)).hasSizeGreaterThan(60);
        requireSame(both, 1e-5);
    }

    @Test
    void gradientsWithActivationCheckpointing() {
        Map<String, float[]> plain = Kernel.NEEDED_TOKENS.with(true, () -> gradients(Compute.FP32, false));
        Map<String, float[]> computedAgain = Kernel.NEEDED_TOKENS.with(true, () -> gradients(Compute.FP32, true));
        requireSame(List.of(plain, computedAgain), 1e-5);
    }

    @Test
    void lowerPrecision() {
        requireSame(offAndOn(() -> gradients(Compute.BF16, false)), 2e-2);
        try (Clip frozen = clip.in(Precision.BF16)) {
            requireSame(offAndOn(() -> features(frozen)), 3e-3);
        }
    }

    /** Beside the projections of attention, of both towers. */
    @Test
    void lowRankWeights() {
        try (LowRank lora = LowRank.under(clip.parameters(), name -> name.contains("attn"), new LowRank.Settings(4, 8, 0, 1))) {
            lora.parameters().all().forEach((name, array) -> Scopes.withoutGradients(
                    () -> NativeOps.copy(array, normal(manager, name, array.getShape().getShape()).mul(0.1))));
            requireSame(offAndOn(() -> features(clip)), 1e-6);
        }
    }

    @Test
    void nodesOfATreeByHand() {
        PrefixTree tree = PrefixTree.of(new long[][] {{9, 4, 10, 0}, {9, 4, 5, 10}, {9, 10, 0, 0}}, new int[] {2, 3, 1});
        assertThat(tree.length()).isEqualTo(4);
        assertThat(tree.tokens()).containsExactly(9, 4, 10, 5, 10, 10, 9, 9);
        assertThat(tree.positions()).containsExactly(0, 1, 2, 2, 3, 1, 0, 0);
        assertThat(tree.rows()).containsExactly(0, 1, 2, 2, 0, 1, 3, 4, 0, 5, 5, 5);
        assertThat(tree.first()).containsExactly(0, 1, 2, 6, 7, 9, 0, 0);
        assertThat(tree.last()).containsExactly(2, 4, 5);
        assertThat(tree.seen()).containsExactly(1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0);
    }
}
