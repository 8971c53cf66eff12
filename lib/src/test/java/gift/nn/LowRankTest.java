package gift.nn;

import static gift.Numbers.difference;
import static gift.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.Scopes;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LowRankTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private static LowRank.Settings settings(int rank, double alpha, double dropout) {
        return new LowRank.Settings(rank, alpha, dropout, 7);
    }

    private static void set(NDArray array, float... values) {
        Scopes.withoutGradients(() -> NativeOps.copy(array, array.getManager().create(values, array.getShape())));
    }

    private static float[] run(Linear layer, NDArray x) {
        return Scopes.withoutGradients(() -> layer.forward(x)).toFloatArray();
    }

    // ---- by hand

    /** W = [[1, 2], [3, 4]], b = (0.5, -0.5). */
    private Parameters twoByTwo() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        Linear.shapes(shapes, "fc", 2, 2, true);
        return Parameters.create(manager, shapes, (name, shape) ->
                name.endsWith("weight") ? new float[] {1, 2, 3, 4} : new float[] {0.5f, -0.5f});
    }

    /**
     * A = (1, -1), B = (2, 3)^T, alpha / r = 2, x = (1, 2): W x + b = (5.5, 10.5) and 2 B A x = 2 (2, 3) (-1) = (-4, -6).
     * The gradients of the sum of y: of B 2 A x = -2 in both rows, of A 2 (2 + 3) x = (10, 20).
     */
    @Test
    void forwardAndGradientAreThoseByHand() {
        Parameters model = twoByTwo();
        Linear layer = Linear.of(model, "fc");
        NDArray x = manager.create(new float[] {1, 2}, new Shape(1, 2));
        LowRank lora = LowRank.under(model, "fc"::equals, settings(1, 2, 0));
        assertThat(run(layer, x)).containsExactly(5.5f, 10.5f); // B starts at zero

        set(lora.parameters().get("fc.lora_A.weight"), 1, -1);
        set(lora.parameters().get("fc.lora_B.weight"), 2, 3);
        try (Gradients recording = Gradients.record()) {
            NDArray y = layer.forward(x);
            recording.backward(y.sum());
            assertThat(y.toFloatArray()).containsExactly(1.5f, 4.5f);
            assertThat(lora.parameters().get("fc.lora_A.weight").getGradient().toFloatArray()).containsExactly(10, 20);
            assertThat(lora.parameters().get("fc.lora_B.weight").getGradient().toFloatArray()).containsExactly(-2, -2);
        }
        assertThat(model.trained()).isEmpty();
        assertThat(model.get("fc.weight").hasGradient()).isFalse();
    }

    /** W + 2 B A = [[1 + 4, 2 - 4], [3 + 6, 4 - 6]]. */
    @Test
    void mergedAndTakenOutAgain() {
        Parameters model = twoByTwo();
        Linear layer = Linear.of(model, "fc");
        NDArray x = manager.create(new float[] {1, 2}, new Shape(1, 2));
        LowRank lora = LowRank.under(model, "fc"::equals, settings(1, 2, 0));
        set(lora.parameters().get("fc.lora_A.weight"), 1, -1);
        set(lora.parameters().get("fc.lora_B.weight"), 2, 3);

        lora.merge();
        assertThat(model.get("fc.weight").toFloatArray()).containsExactly(5, -2, 9, -2);
        assertThat(run(layer, x)).containsExactly(1.5f, 4.5f);
        assertThatThrownBy(lora::merge).hasMessage("the low-rank weights are merged already");

        lora.unmerge();
        assertThat(model.get("fc.weight").toFloatArray()).containsExactly(1, 2, 3, 4);
        assertThat(run(layer, x)).containsExactly(1.5f, 4.5f);
        assertThatThrownBy(lora::unmerge).hasMessage("the low-rank weights are not merged");

        lora.close();
        assertThat(run(layer, x)).containsExactly(5.5f, 10.5f);
    }

    @Test
    void mergedThenClosedTheyStayInTheModel() {
        Parameters model = twoByTwo();
        Linear layer = Linear.of(model, "fc");
        try (LowRank lora = LowRank.under(model, "fc"::equals, settings(1, 2, 0))) {
            set(lora.parameters().get("fc.lora_A.weight"), 1, -1);
            set(lora.parameters().get("fc.lora_B.weight"), 2, 3);
            lora.merge();
        }
        assertThat(run(layer, manager.create(new float[] {1, 2}, new Shape(1, 2)))).containsExactly(1.5f, 4.5f);
    }

    // ---- attention with one matrix for queries, keys and values

    private static final String Q = "block.attn.q_proj";
    private static final String V = "block.attn.v_proj";

    private Parameters block() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("block.attn.in_proj_weight", new Shape(24, 8));
        shapes.put("block.attn.in_proj_bias", new Shape(24));
        Linear.shapes(shapes, "block.attn.out_proj", 8, 8, true);
        LayerNorm.shapes(shapes, "block.ln_1", 8);
        LayerNorm.shapes(shapes, "block.ln_2", 8);
        Linear.shapes(shapes, "block.mlp.c_fc", 8, 32, true);
        Linear.shapes(shapes, "block.mlp.c_proj", 32, 8, true);
        return Parameters.create(manager, shapes, (name, shape) ->
                Scopes.withoutGradients(() -> normal(manager, name, shape.getShape()).mul(0.3)).toFloatArray());
    }

    private static TransformerBlock built(Parameters parameters) {
        return TransformerBlock.of(parameters, "block", 2, false, Activation.QUICK_GELU);
    }

    private static void fill(NDManager manager, LowRank lora) {
        lora.parameters().all().forEach((name, array) -> Scopes.withoutGradients(
                () -> NativeOps.copy(array, normal(manager, "filled " + name, array.getShape().getShape()).mul(0.3))));
    }

    private static float[] run(TransformerBlock block, NDArray x) {
        return Scopes.withoutGradients(() -> block.forward(x)).toFloatArray();
    }

    @Test
    void allLayersOfABlockHaveAName() {
        Parameters model = block();
        built(model);
        assertThat(model.sidePaths().keySet()).containsExactlyInAnyOrder(Q, "block.attn.k_proj", V, "block.attn.out_proj",
                "block.mlp.c_fc", "block.mlp.c_proj");
    }

    @Test
    void apartTheyComputeWhatTheyDoMerged() {
        Parameters model = block();
        TransformerBlock block = built(model);
        NDArray x = normal(manager, "x", 2, 5, 8);
        float[] plain = run(block, x);
        LowRank lora = LowRank.under(model, name -> true, settings(4, 8, 0));
        assertThat(run(block, x)).isEqualTo(plain);
        fill(manager, lora);
        float[] apart = run(block, x);
        assertThat(difference(apart, plain)).isGreaterThan(0.1);
        lora.merge();
        assertThat(difference(run(block, x), apart)).isLessThan(1e-6);
        lora.unmerge();
        assertThat(run(block, x)).isEqualTo(apart);
    }

    /** Of the matrix (24, 8), rows 0 to 7 are the queries', 8 to 15 the keys', 16 to 23 the values'. */
    @Test
    void queriesAndValuesChangeWithoutTheKeys() {
        Parameters model = block();
        TransformerBlock block = built(model);
        float[] before = model.get("block.attn.in_proj_weight").toFloatArray();
        LowRank lora = LowRank.under(model, name -> name.equals(Q) || name.equals(V), settings(2, 2, 0));
        assertThat(lora.layers()).containsExactly(Q, V);
        fill(manager, lora);
        NDArray x = normal(manager, "x", 2, 5, 8);
        float[] apart = run(block, x);
        lora.merge();
        assertThat(difference(run(block, x), apart)).isLessThan(1e-6);
        float[] after = model.get("block.attn.in_proj_weight").toFloatArray();
        for (int i = 0; i < before.length; i++) {
            boolean keys = i >= 64 && i < 128;
            assertThat(after[i] == before[i]).as("value " + i).isEqualTo(keys);
        }
    }

    // ---- dropout

    @Test
    void aDrawDecidesWhatIsDropped() {
        Parameters model = twoByTwo();
        Linear layer = Linear.of(model, "fc");
        LowRank lora = LowRank.under(model, "fc"::equals, settings(1, 1, 0.25));
        set(lora.parameters().get("fc.lora_A.weight"), 1, 0);
        set(lora.parameters().get("fc.lora_B.weight"), 1, 0);
        NDArray x = manager.ones(new Shape(4000, 2));
        float[] off = run(layer, x);
        assertThat(off[0]).isEqualTo(4.5f); // 1 + 2 + 0.5 and 1 of the low-rank weights

        lora.dropout(3);
        float[] three = run(layer, x);
        assertThat(run(layer, x)).isEqualTo(three);
        int dropped = 0;
        for (int i = 0; i < three.length; i += 2) {
            assertThat(three[i]).isIn(3.5f, 3.5f + 1 / 0.75f);
            dropped += three[i] == 3.5f ? 1 : 0;
        }
        assertThat(dropped).isCloseTo(1000, within(110)); // four deviations of sqrt(4000 / 4 * 3 / 4)
        lora.dropout(4);
        assertThat(run(layer, x)).isNotEqualTo(three);
        lora.noDropout();
        assertThat(run(layer, x)).isEqualTo(off);
    }

    // ---- files

    @Test
    void savedAloneAndLoaded(@TempDir Path folder) {
        Parameters model = block();
        TransformerBlock block = built(model);
        NDArray x = normal(manager, "x", 2, 5, 8);
        Path file = folder.resolve("lora.safetensors");
        float[] expected;
        try (LowRank lora = LowRank.under(model, name -> name.contains("attn"), settings(2, 4, 0.1))) {
            fill(manager, lora);
            expected = run(block, x);
            lora.save(file);
            assertThat(lora.parameters().names()).hasSize(8).contains(Q + ".lora_A.weight", Q + ".lora_B.weight");
        }
        LowRank loaded = LowRank.load(file, model);
        assertThat(loaded.settings()).isEqualTo(settings(2, 4, 0.1));
        assertThat(run(block, x)).isEqualTo(expected);
    }

    @Test
    void whatDoesNotFitIsRefused(@TempDir Path folder) {
        Parameters model = block();
        built(model);
        assertThatThrownBy(() -> LowRank.under(model, "visual"::equals, settings(2, 4, 0))).isInstanceOf(InputException.class)
                .hasMessageStartingWith("no linear layer has a name as asked for; there are block.attn.q_proj, ");
        assertThatThrownBy(() -> settings(0, 4, 0)).isInstanceOf(InputException.class)
                .hasMessage("low-rank weights of rank 0, alpha 4.0, dropout 0.0: rank is at least 1, alpha positive, dropout in [0, 1)");
        Path file = folder.resolve("lora.safetensors");
        LowRank lora = LowRank.under(model, Q::equals, settings(2, 4, 0));
        lora.save(file);
        assertThatThrownBy(() -> LowRank.load(file, model)).isInstanceOf(InputException.class)
                .hasMessage(Q + " has low-rank weights already: merge and close them first");
        assertThatThrownBy(model::copy)
                .hasMessage("a copy would lack the low-rank weights beside " + Q + ": merge them first");
        Parameters other = twoByTwo();
        Linear.of(other, "fc");
        assertThatThrownBy(() -> LowRank.load(file, other)).isInstanceOf(InputException.class).hasMessage(
                "the tensors of " + file + " do not fit the model: 2 unexpected (" + Q + ".lora_A.weight, " + Q + ".lora_B.weight)");
        Parameters rounded = other.copy(Precision.BF16);
        Linear.of(rounded, "fc");
        assertThatThrownBy(() -> LowRank.under(rounded, "fc"::equals, settings(2, 4, 0)))
                .hasMessage("low-rank weights go under a model of fp32, not of bf16: merge them there, then round");
    }
}
