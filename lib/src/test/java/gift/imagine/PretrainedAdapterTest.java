package gift.imagine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.tensor.Devices;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of adapters and heads under the names of the published code. */
class PretrainedAdapterTest {
    private static final ImagineConfig CONFIG = new ImagineConfig(24, new AdapterConfig(16, 12, 2, 3, 2), null,
            new HeadConfig(20, 12, 8), new HeadConfig(18, 12, 8));

    private final NDManager manager = Devices.newManager(Device.cpu());

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    private Map<String, NDArray> named(long seed, UnaryOperator<String> names) {
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        ImagineModel.initial(manager, CONFIG, seed).all().forEach((name, array) -> tensors.put(names.apply(name), array));
        return tensors;
    }

    private Path write(Map<String, NDArray> tensors) {
        Path file = folder.resolve("adapter.safetensors");
        TensorFiles.write(file, tensors, Map.of());
        return file;
    }

    private float[] first(PretrainedAdapter adapter) {
        return adapter.parameters().get("adapter.blocks.0.attn.qkv.weight").toFloatArray();
    }

    @Test
    void theTeacherCountsAndWrappersDoNot() {
        float[] teacher = named(2, name -> name).get("adapter.blocks.0.attn.qkv.weight").toFloatArray();
        Map<String, NDArray> both = named(1, name -> "model.student." + name);
        both.putAll(named(2, name -> "model.teacher." + name.replace("blocks.1.", "blocks.1._fsdp_wrapped_module.")));
        both.put("model.teacher.dino_head.last_layer.weight_g", manager.ones(new Shape(20, 1)));
        PretrainedAdapter adapter = PretrainedAdapter.load(write(both), 3, manager);
        assertThat(adapter.config()).isEqualTo(CONFIG.adapter());
        assertThat(first(adapter)).isEqualTo(teacher);
        assertThat(first(PretrainedAdapter.load(write(named(2, name -> name)), 3, manager))).isEqualTo(teacher);
        assertThat(first(PretrainedAdapter.load(write(named(2, name -> name.replace("adapter.", ""))), 3, manager)))
                .isEqualTo(teacher);
    }

    @Test
    void whatDoesNotFitIsNamed() {
        Map<String, NDArray> tensors = named(2, name -> name);
        tensors.put("dino_head.last_layer.weight_g", manager.ones(new Shape(20, 1)).mul(2));
        Path file = write(tensors);
        assertThatThrownBy(() -> PretrainedAdapter.load(file, 3, manager)).isInstanceOf(InputException.class).hasMessage(
                "tensor 'dino_head.last_layer.weight_g' of " + file + " holds 2.0: the lengths of prototypes are fixed at 1");
        tensors.remove("dino_head.last_layer.weight_g");
        tensors.remove("adapter.blocks.1.norm2.bias");
        write(tensors);
        assertThatThrownBy(() -> PretrainedAdapter.load(file, 3, manager)).isInstanceOf(InputException.class).hasMessage(
                "the tensors of " + file + " do not fit the model: 1 missing (adapter.blocks.1.norm2.bias)");
        assertThatThrownBy(() -> PretrainedAdapter.load(file, 0, manager)).isInstanceOf(InputException.class).hasMessage(
                file + ": attention of width 12 does not divide into heads of 64: name the number of heads");
        write(Map.of("weight", manager.ones(new Shape(3, 16))));
        assertThatThrownBy(() -> PretrainedAdapter.load(file, 3, manager)).isInstanceOf(InputException.class).hasMessage(file
                + " holds no adapter: no tensors adapter.blocks.0.attn.qkv.weight (3 A, D) and adapter.blocks.0.mlp.fc1.weight");
    }

    @Test
    void headsAreLinearLayers() {
        Path file = write(Map.of("linear.weight", manager.ones(new Shape(3, 64)), "linear.bias", manager.ones(new Shape(3))));
        PretrainedAdapter.Head head = PretrainedAdapter.head(file, 64);
        assertThat(head.classes()).isEqualTo(3);
        assertThat(head.bias()).hasSize(3);
        PretrainedAdapter adapter = new PretrainedAdapter(CONFIG.adapter(), ImagineModel.initial(manager, CONFIG, 2));
        PretrainedAdapter.Head text = new PretrainedAdapter.Head(new float[48], new float[] {0.25f, 0, 0}, 3);
        try (FewShotModel model = FewShotModel.of(manager, adapter, head, text, Math.log(8))) {
            assertThat(model.textLogits(manager.ones(new Shape(1, 5, 16))).toFloatArray()).containsExactly(new float[] {2, 0, 0}, within(1e-5f));
            assertThat(model.visualLogits(manager.ones(new Shape(1, 5, 16))).getShape()).isEqualTo(new Shape(1, 3));
        }
        assertThatThrownBy(() -> FewShotModel.of(manager, adapter, head, new PretrainedAdapter.Head(new float[48], null, 3), 1))
                .isInstanceOf(InputException.class)
                .hasMessage("the visual head has a bias, the other none: they are of two kinds of tuning");
        assertThatThrownBy(() -> PretrainedAdapter.head(file, 16)).isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + " holds no head for features of width 16: its weight is ");
    }
}
