package gift.continual;

import gift.tensor.RandomStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Batches of a task whose class prompts compete with further texts, which are never the right answer. */
public final class CompetingBatches implements TaskBatches {
    private final TaskBatches own;
    private final IntFunction<long[][]> others;

    private CompetingBatches(TaskBatches own, IntFunction<long[][]> others) {
        this.own = own;
        this.others = others;
    }

    /** With the same texts in every iteration, as token rows. */
    public static TaskBatches with(TaskBatches own, long[][] texts) {
        return texts.length == 0 ? own : new CompetingBatches(own, iteration -> texts);
    }

    /**
     * With 100 captions in every iteration, drawn without replacement; all of them where there are fewer.
     *
     * @param captions token rows
     */
    public static TaskBatches withCaptions(TaskBatches own, long[][] captions, long seed, int taskNumber) {
        int count = Math.min(CompetingTexts.CAPTIONS_OF_AN_UPDATE, captions.length);
        return new CompetingBatches(own, iteration -> {
            int[] order = RandomStream.of(seed, "competing captions", taskNumber, iteration).permutation(captions.length);
            return Arrays.stream(order, 0, count).mapToObj(i -> captions[i]).toArray(long[][]::new);
        });
    }

    /**
     * The prompts of earlier tasks that compete during task t.
     *
     * @param prompts of each task up to t, in the order of learning
     */
    public static List<String> previous(CompetingTexts kind, List<List<String>> prompts) {
        List<String> all = prompts.stream().flatMap(List::stream).toList();
        int left = switch (kind) {
            case PREVIOUS -> prompts.get(prompts.size() - 1).size();
            case PREVIOUS_AS_PUBLISHED -> prompts.get(0).size();
            case NONE, CAPTIONS -> all.size();
        };
        return all.subList(0, Math.max(0, all.size() - left));
    }

    @Override
    public Batch batch(int iteration) {
        return own.batch(iteration);
    }

    @Override
    public long[][] classTokens(int iteration) {
        return Stream.of(own.classTokens(iteration), others.apply(iteration)).flatMap(Arrays::stream)
                .toArray(long[][]::new);
    }
}
