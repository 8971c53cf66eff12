package gift.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The calls of the model that a plan comes to. A batch always holds the same images, whatever is there already: an image in
 * other company could differ by one level in a few pixels, and a run that was stopped equals one that was not to the last bit.
 * The images of a batch are of one task and have the same guidance.
 */
final class Batches {
    private Batches() {}

    /**
     * One batch.
     *
     * @param task from 0
     * @param number among those of the same task and guidance
     * @param images by their numbers in the task
     */
    record One(int task, double guidance, int number, int[] images) {
        String name(GenerationPlan plan) {
            return plan.tasks().get(task) + "/" + guidance + "/" + number;
        }
    }

    /** All batches in their order. */
    static List<One> of(GenerationPlan plan, Prompts prompts, int size) {
        List<One> batches = new ArrayList<>();
        for (int t = 0; t < plan.tasks().size(); t++) {
            for (Map.Entry<Double, int[]> same : byGuidance(plan, prompts, t).entrySet()) {
                int[] all = same.getValue();
                for (int first = 0; first < all.length; first += size) {
                    batches.add(new One(t, same.getKey(), first / size,
                            Arrays.copyOfRange(all, first, Math.min(first + size, all.length))));
                }
            }
        }
        return batches;
    }

    /** The images of a task by their guidance, that of the first image first. */
    private static Map<Double, int[]> byGuidance(GenerationPlan plan, Prompts prompts, int task) {
        double generic = plan.guidance(true);
        double other = plan.guidance(false);
        if (generic == other) { // no prompt need be drawn
            return Map.of(generic, IntStream.range(0, plan.images()).toArray());
        }
        boolean[] isGeneric = new boolean[plan.images()];
        for (int j = 0; j < isGeneric.length; j++) {
            isGeneric[j] = prompts.isGeneric(task, j);
        }
        Map<Double, int[]> images = new LinkedHashMap<>();
        for (boolean kind : new boolean[] {isGeneric[0], !isGeneric[0]}) {
            int[] some = IntStream.range(0, isGeneric.length).filter(j -> isGeneric[j] == kind).toArray();
            if (some.length > 0) {
                images.put(kind ? generic : other, some);
            }
        }
        return images;
    }
}
