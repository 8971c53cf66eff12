package gift.results.figures;

import gift.eval.Interval;
import gift.results.FewShotResults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Figures of few-shot studies. */
public final class FewShotFigures {
    private FewShotFigures() {}

    /**
     * Accuracy over the number of shots, a line for each method, its band the interval over draws; numbers of shots are apart
     * as their logarithms. A method without shots is a level line.
     */
    public static Figure accuracy(FewShotResults results, Interval.Kind kind) {
        TreeSet<Integer> all = new TreeSet<>();
        results.methods().forEach(method -> all.addAll(results.shots(method)));
        List<Integer> shots = new ArrayList<>(all.stream().filter(k -> k > 0).toList());
        if (shots.isEmpty()) {
            shots.add(1); // no method has any: level lines alone
        }
        Map<String, List<double[]>> series = new LinkedHashMap<>();
        for (String method : results.methods()) {
            boolean level = results.shots(method).equals(List.of(0));
            if (!level && !results.shots(method).containsAll(shots)) {
                continue; // a part of the points would make another line
            }
            List<double[]> means = shots.stream().map(k -> results.means(method, level ? 0 : k)).toList();
            int draws = means.stream().mapToInt(own -> own.length).min().orElse(0);
            series.put(method, IntStream.range(0, draws).mapToObj(d -> means.stream().mapToDouble(own -> own[d]).toArray()).toList());
        }
        double[] at = shots.stream().mapToDouble(k -> Math.log(k) / Math.log(2)).toArray();
        return IncrementalFigures.accuracy(results.name() + ": accuracy by real images a class, mean over " + results.tasks().size()
                + (results.tasks().size() == 1 ? " task" : " tasks"), "log2 of real images a class", at, series, kind);
    }
}
