package gift.results;

import gift.eval.Interval;
import gift.io.Folders;
import gift.io.InputException;
import gift.recognition.RecognitionMethod;
import gift.recognition.RecognitionResults;
import gift.recognition.RecognitionStudy.Run;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The runs of a recognition study, from its {@code results.csv}.
 *
 * @param name of the study
 */
public record RecognitionRuns(String name, RecognitionResults results) {
    /**
     * A method with a number of real images.
     *
     * @param shots real images a class; 0 for none
     */
    public record Setting(RecognitionMethod method, int shots) {}

    /** Names of the studies below a folder that have such results. No folder: no study. */
    public static List<String> studies(Path root) {
        return Folders.inside(root).stream().filter(study -> RecognitionResults.isOne(study.resolve(RecognitionResults.FILE)))
                .map(study -> study.getFileName().toString()).toList();
    }

    /** @throws InputException naming the file and row that is wrong */
    public static RecognitionRuns read(Path study, String name) {
        return new RecognitionRuns(name, RecognitionResults.read(study.resolve(RecognitionResults.FILE)));
    }

    /** In the order of the study. */
    public List<String> tasks() {
        return results.runs().stream().map(Run::task).distinct().toList();
    }

    /** In the order of the study. */
    public List<Setting> settings() {
        return results.runs().stream().map(run -> new Setting(run.method(), run.shots())).distinct().toList();
    }

    /** In the order of the study. */
    public List<RecognitionMethod> methods() {
        return results.runs().stream().map(Run::method).distinct().toList();
    }

    /** The numbers of real images a class that methods were given, ascending; without 0. */
    public List<Integer> shots() {
        return results.runs().stream().map(Run::shots).filter(shots -> shots > 0).distinct().sorted().toList();
    }

    /**
     * The accuracy of each seed, mean over the tasks, in percent; seeds that lack a task are left out.
     *
     * @param task one task alone, or null for all
     */
    public Map<Long, Double> bySeed(Setting setting, String task) {
        Map<Long, double[]> sums = new TreeMap<>(); // sum, count
        results.runs().stream().filter(run -> run.method() == setting.method && run.shots() == setting.shots
                && (task == null || run.task().equals(task))).forEach(run -> {
                    double[] sum = sums.computeIfAbsent(run.seed(), seed -> new double[2]);
                    sum[0] += run.accuracy();
                    sum[1]++;
                });
        int wanted = task == null ? tasks().size() : 1;
        Map<Long, Double> means = new LinkedHashMap<>();
        sums.forEach((seed, sum) -> {
            if (sum[1] == wanted) {
                means.put(seed, sum[0] / sum[1]);
            }
        });
        return means;
    }

    /** Mean and interval over seeds of the mean over tasks, or of one task. */
    public Interval interval(Setting setting, String task, Interval.Kind kind) {
        return Interval.of(kind, values(bySeed(setting, task)));
    }

    /**
     * What the first setting has more than the second, seed by seed, mean over tasks: mean and 95 % t interval. Zero-shot
     * is the same for every seed.
     */
    public Interval difference(Setting first, Setting second) {
        Map<Long, Double> a = bySeed(first, null);
        Map<Long, Double> b = bySeed(second, null);
        boolean fixed = second.method == RecognitionMethod.ZERO_SHOT && b.size() == 1;
        return Interval.of(Interval.Kind.T, a.entrySet().stream().filter(one -> fixed || b.containsKey(one.getKey()))
                .mapToDouble(one -> one.getValue() - (fixed ? b.values().iterator().next() : b.get(one.getKey()))).toArray());
    }

    private static double[] values(Map<Long, Double> bySeed) {
        return bySeed.values().stream().mapToDouble(Double::doubleValue).toArray();
    }
}
