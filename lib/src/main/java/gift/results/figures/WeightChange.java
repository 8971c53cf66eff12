package gift.results.figures;

import gift.clip.ClipTensors;
import gift.io.InputException;
import gift.tensor.HostCopy;
import gift.tensor.Parameters;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far the layers of a CLIP model moved:
 * {@code ||after - before|| / ||before||} over all values of a layer, in percent.
 */
final class WeightChange {
    private static final Pattern BLOCK = Pattern.compile("(visual\\.)?transformer\\.resblocks\\.(\\d+)\\..*");
    private static final Pattern STAGE = Pattern.compile("visual\\.layer(\\d+)\\..*"); // of a ResNet
    private static final List<String> OUTPUTS = List.of("visual.ln_post", "visual.proj", "visual.attnpool", "ln_final",
            "text_projection");

    /**
     * A layer.
     *
     * @param visual of the image tower, else of the text tower
     * @param place 0 for what comes before the blocks, then block number + 1, the output last
     */
    private record Layer(boolean visual, int place, String name) {}

    private static final class Sums {
        private double moved;
        private double size;
    }

    private WeightChange() {}

    /**
     * Percent by layer, from input to output.
     *
     * @param visual the image tower, else the text tower
     * @throws InputException if the files hold other tensors
     */
    static Map<String, Double> of(Path before, Path after, boolean visual) {
        try (ClipTensors a = ClipTensors.open(before); ClipTensors b = ClipTensors.open(after)) {
            return of(a.shapes().keySet(), a::values, b::values, visual, before + " and " + after);
        }
    }

    /** The same of two models. */
    static Map<String, Double> of(Parameters before, Parameters after, boolean visual) {
        return of(before.names(), name -> HostCopy.floats(before.get(name)), name -> HostCopy.floats(after.get(name)), visual,
                "the two models");
    }

    private static Map<String, Double> of(Set<String> names, Function<String, float[]> before,
            Function<String, float[]> after, boolean visual, String where) {
        Map<Layer, Sums> sums = new LinkedHashMap<>();
        for (String name : names) {
            if (name.equals("logit_scale") || layer(name).visual != visual) { // the scale is frozen
                continue;
            }
            float[] x = before.apply(name);
            float[] y = after.apply(name);
            if (x.length != y.length) {
                throw new InputException("tensor " + name + " has " + x.length + " and " + y.length + " values in " + where);
            }
            Sums sum = sums.computeIfAbsent(layer(name), layer -> new Sums());
            for (int i = 0; i < x.length; i++) {
                sum.moved += (double) (y[i] - x[i]) * (y[i] - x[i]);
                sum.size += (double) x[i] * x[i];
            }
        }
        Map<String, Double> changes = new LinkedHashMap<>();
        sums.entrySet().stream().sorted(Map.Entry.comparingByKey(Comparator.comparingInt(Layer::place))).forEach(entry ->
                changes.put(entry.getKey().name, 100 * Math.sqrt(entry.getValue().moved / entry.getValue().size)));
        return changes;
    }

    private static Layer layer(String tensor) {
        boolean visual = tensor.startsWith("visual.");
        Matcher block = BLOCK.matcher(tensor);
        if (block.matches()) {
            int number = Integer.parseInt(block.group(2)) + 1;
            return new Layer(visual, number, "block " + number);
        }
        Matcher stage = STAGE.matcher(tensor);
        if (stage.matches()) {
            return new Layer(true, Integer.parseInt(stage.group(1)), "stage " + stage.group(1));
        }
        return OUTPUTS.stream().anyMatch(tensor::startsWith) ? new Layer(visual, Integer.MAX_VALUE, "output")
                : new Layer(visual, 0, "input");
    }
}
