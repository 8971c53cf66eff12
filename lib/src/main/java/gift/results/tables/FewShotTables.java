package gift.results.tables;

import gift.eval.Interval;
import gift.io.Csv;
import gift.results.FewShotResults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tables of a few-shot study. */
public final class FewShotTables {
    /** Names of the published tables' data sets, by ours. */
    private static final Map<String, String> PUBLISHED_NAMES = Map.of("Caltech101", "Caltech", "StanfordCars", "Cars", "OxfordPet",
            "Pets", "SUN397", "SUN");
    /** Our methods' published tables. */
    private static final Map<String, String> PUBLISHED = new LinkedHashMap<>();

    static {
        PUBLISHED.put("imaginefsl", "imaginefsl");
        PUBLISHED.put("imaginefsl_lora", "imaginefsl_lora");
    }

    private final FewShotResults results;
    private final Interval.Kind kind;

    public FewShotTables(FewShotResults results, Interval.Kind kind) {
        this.results = results;
        this.kind = kind;
    }

    /** A row for each method and number of shots: mean over tasks, interval over draws. */
    public ResultTable main() {
        ResultTable.Builder table = new ResultTable.Builder(results.name() + Tables.SHOTS).text("method").whole("shots")
                .numbers(List.of("accuracy", "accuracy_low", "accuracy_high")).whole("tasks", "draws");
        for (String method : results.methods()) {
            for (int shots : results.shots(method)) {
                Interval interval = results.interval(method, shots, kind);
                table.row(method, shots, interval.mean(), interval.low(), interval.high(), results.tasks().size(),
                        interval.count());
            }
        }
        return table.build("accuracy by shots: mean over tasks, 95 % interval over draws of shots", 1, List.of());
    }

    /** The same for each task, mean over draws. */
    public ResultTable tasks() {
        ResultTable.Builder table = new ResultTable.Builder(results.name() + Tables.SHOTS + "_tasks").text("method").whole("shots")
                .numbers(results.tasks()).numbers(List.of("average"));
        for (String method : results.methods()) {
            for (int shots : results.shots(method)) {
                List<Object> row = new ArrayList<>(List.of(method, shots));
                results.tasks().forEach(task -> row.add(results.ofTask(method, shots, task)));
                row.add(results.interval(method, shots, kind).mean());
                table.row(row);
            }
        }
        return table.build("accuracy by shots on each task, mean over draws", 1, List.of());
    }

    /**
     * What the first method of the study has more than each other one, in points, draw by draw, mean over tasks: of both heads
     * joined, and of the visual head alone, which is what sees the adapter.
     */
    public ResultTable differences() {
        ResultTable.Builder table = new ResultTable.Builder(results.name() + Tables.SHOTS + Tables.DIFFERENCES).text("method", "minus")
                .whole("shots").numbers(List.of("difference", "difference_low", "difference_high")).text("verdict")
                .numbers(List.of("visual", "visual_low", "visual_high")).text("visual_verdict").whole("draws");
        String first = results.methods().stream().filter(method -> !results.shots(method).equals(List.of(0))).findFirst().orElse("");
        for (String other : results.methods()) {
            for (int shots : first.isEmpty() || other.equals(first) ? List.<Integer>of() : results.shots(first)) {
                Interval joined = results.difference(first, other, shots, FewShotResults.Run::accuracy);
                if (joined.count() > 0) {
                    Interval visual = results.difference(first, other, shots, FewShotResults.Run::visual);
                    table.row(first, other, shots, joined.mean(), joined.low(), joined.high(), Differences.verdict(joined),
                            visual.mean(), visual.low(), visual.high(), Differences.verdict(visual), joined.count());
                }
            }
        }
        return table.build("what the first method has more than the others, in points", 2,
                List.of("draw by draw, mean over tasks; [low, high]: 95 % t interval over draws"));
    }

    /**
     * Beside the published accuracies of ImagineFSL: of each data set that both have, and of the averages.
     *
     * @param published folder of the published tables
     */
    public ResultTable beside(Path published) {
        ResultTable.Builder table = new ResultTable.Builder(results.name() + Tables.SHOTS + "_published").text("method")
                .whole("shots").text("data_set").numbers(List.of("own", "published", "difference"));
        List<String> shared = List.of();
        for (Map.Entry<String, String> method : PUBLISHED.entrySet()) {
            if (!results.methods().contains(method.getKey())) {
                continue;
            }
            List<List<String>> rows = Csv.read(published.resolve(method.getValue() + ".csv"));
            List<String> header = rows.get(0);
            shared = results.tasks().stream().filter(task -> header.contains(PUBLISHED_NAMES.getOrDefault(task, task))).toList();
            for (List<String> row : rows.subList(1, rows.size())) {
                int shots = Integer.parseInt(row.get(0));
                if (!results.shots(method.getKey()).contains(shots)) {
                    continue;
                }
                for (String task : shared) {
                    double own = results.ofTask(method.getKey(), shots, task);
                    double theirs = Double.parseDouble(row.get(header.indexOf(PUBLISHED_NAMES.getOrDefault(task, task))));
                    table.row(method.getKey(), shots, task, own, theirs, own - theirs);
                }
                double own = results.interval(method.getKey(), shots, kind).mean();
                double theirs = Double.parseDouble(row.get(header.size() - 1));
                boolean same = shared.size() == header.size() - 2;
                table.row(method.getKey(), shots, "average", own, theirs, same ? own - theirs : Double.NaN);
            }
        }
        return table.build("accuracy by shots beside the published one", 1, shared.size() > 0 ? List.of() : List.of(
                "The averages are over other data sets, of another model: they stand side by side, and say nothing of each other."));
    }
}
