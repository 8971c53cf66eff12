package gift.tensor;

import java.util.List;
import java.util.function.Predicate;

/**
 * Tensors that an optimizer treats alike, chosen by their names. A tensor belongs to the first group of a list that takes
 * it; what no group takes is trained with the optimizer's own settings.
 *
 * <pre>{@code
 * List<ParameterGroup> groups = List.of(
 *         ParameterGroup.frozen("text", name -> name.startsWith("transformer.")),
 *         ParameterGroup.of("biases", name -> name.endsWith(".bias")).withDecay(0));
 * AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT, groups);
 * }</pre>
 *
 * @param name of the group, for messages and for {@link GradientClipping}
 * @param tensors whether the group takes a tensor of this name
 * @param rate times the learning rate of the optimizer
 * @param decay times the weight decay of the optimizer
 * @param frozen whether these tensors keep their values and record no gradients
 */
public record ParameterGroup(String name, Predicate<String> tensors, double rate, double decay, boolean frozen) {
    /** The group of all tensors that no other takes, named "rest". */
    public static final ParameterGroup REST = of("rest", tensor -> true);

    /** A group with the optimizer's own learning rate and weight decay. */
    public static ParameterGroup of(String name, Predicate<String> tensors) {
        return new ParameterGroup(name, tensors, 1, 1, false);
    }

    /** A group of tensors that are not trained. */
    public static ParameterGroup frozen(String name, Predicate<String> tensors) {
        return new ParameterGroup(name, tensors, 0, 0, true);
    }

    /** The same tensors with {@code factor} times the optimizer's learning rate. */
    public ParameterGroup withRate(double factor) {
        return new ParameterGroup(name, tensors, factor, decay, frozen);
    }

    /** The same tensors with {@code factor} times the optimizer's weight decay. */
    public ParameterGroup withDecay(double factor) {
        return new ParameterGroup(name, tensors, rate, factor, frozen);
    }

    /** The first of the groups that takes a tensor, or {@link #REST}. */
    public static ParameterGroup find(List<ParameterGroup> groups, String tensor) {
        return groups.stream().filter(group -> group.tensors.test(tensor)).findFirst().orElse(REST);
    }
}
