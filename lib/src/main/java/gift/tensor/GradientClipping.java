package gift.tensor;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Gradient clipping by global norm (Pascanu et al. 2013), as {@code torch.nn.utils.clip_grad_norm_} computes it:
 *
 * <pre>
 * n = sqrt(sum of g^2 over all elements of all tensors)
 * g  &lt;-  g min(1, most / (n + 1e-6))
 * </pre>
 *
 * To be called between backward and the optimizer's step. A norm that is not finite makes the gradients useless: check it
 * before the step, as one of the values of {@code TrainingLoop.finite}.
 */
public final class GradientClipping {
    private GradientClipping() {}

    /**
     * Scales the gradients of all trained tensors, in place, so that their common norm is at most {@code most}.
     *
     * @param most the largest norm, above 0; infinity only measures
     * @return the norm n before
     */
    public static double clip(Parameters parameters, double most) {
        return clip(parameters, most, tensor -> "all").get("all");
    }

    /**
     * The same for the trained tensors of several models, which are trained together: one norm over all of them, which stays on
     * the device.
     *
     * @return the norm n before, 0-dim, which belongs to the scope around the call
     */
    public static NDArray onDevice(List<Parameters> models, double most) {
        requireAboveZero(most);
        List<NDArray> gradients = new ArrayList<>();
        models.forEach(model -> gradients.addAll(model.gradients()));
        return Scopes.notRecording(() -> NativeOps.clipNorm(gradients, most));
    }

    private static void requireAboveZero(double most) {
        if (!(most > 0)) {
            throw new IllegalArgumentException("the largest norm of gradients must be above 0, not " + most);
        }
    }

    /**
     * Clips groups of tensors each by its own norm.
     *
     * @param group the name of a tensor's group, by the tensor's name; {@code tensor -> tensor} clips each alone, and
     *     {@code tensor -> ParameterGroup.find(groups, tensor).name()} the groups of an optimizer
     * @return the norm of each group before, by its name
     */
    public static Map<String, Double> clip(Parameters parameters, double most, Function<String, String> group) {
        Map<String, Double> norms = new LinkedHashMap<>();
        Scopes.withoutGradients(() -> norms.putAll(Transfers.read(onDevice(parameters, most, group))));
        return norms;
    }

    /** The same with norms that stay on the device: 0-dim, and they belong to the scope around the call. */
    public static Map<String, NDArray> onDevice(Parameters parameters, double most, Function<String, String> group) {
        requireAboveZero(most);
        Map<String, List<NDArray>> gradients = new LinkedHashMap<>();
        parameters.trained().keySet().forEach(name -> gradients
                .computeIfAbsent(group.apply(name), g -> new ArrayList<>()).add(parameters.gradient(name)));
        Map<String, NDArray> norms = new LinkedHashMap<>();
        gradients.forEach((name, arrays) ->
                norms.put(name, Scopes.notRecording(() -> NativeOps.clipNorm(arrays, most))));
        return norms;
    }
}
