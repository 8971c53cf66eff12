package gift.tensor;

import ai.djl.ndarray.NDArray;
import gift.io.InputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum and weight decay, as {@code torch.optim.SGD} computes it.
 *
 * <pre>
 * b  &lt;-  momentum b + g + decay theta
 * theta  &lt;-  theta - rate b
 * </pre>
 */
public final class Sgd implements Optimizer {
    private final double momentum;
    private final double weightDecay;
    private final Map<String, NDArray> parameters;
    private final Map<String, NDArray> buffers = new LinkedHashMap<>();

    /** An optimizer of the trained tensors of {@code parameters}, with b = 0. */
    public Sgd(Parameters parameters, double momentum, double weightDecay) {
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        this.parameters = new LinkedHashMap<>(parameters.trained());
        this.parameters.forEach((name, array) -> buffers.put(name,
                Scopes.outside(() -> array.getManager().zeros(array.getShape(), array.getDataType()))));
    }

    @Override
    public void step(List<NDArray> gradients, double rate) {
        List<NDArray> thetas = List.copyOf(parameters.values());
        List<NDArray> all = List.copyOf(buffers.values());
        Scopes.withoutGradients(() -> {
            all.forEach(b -> b.muli(momentum));
            NativeOps.addScaled(all, gradients, 1);
            NativeOps.addScaled(all, thetas, weightDecay);
            NativeOps.addScaled(thetas, all, -rate);
        });
    }

    /** b of every tensor, under the tensor's name. */
    @Override
    public Map<String, NDArray> state() {
        return buffers;
    }

    @Override
    public void restore(Map<String, NDArray> state, long count) {
        Scopes.withoutGradients(() -> buffers.forEach((name, b) -> {
            InputException.require(state.containsKey(name),
                    "the state of the optimizer has no '" + name + "': it is of other trained tensors");
            NativeOps.copy(b, state.get(name));
        }));
    }

    @Override
    public void close() {
        buffers.values().forEach(NDArray::close);
    }
}
