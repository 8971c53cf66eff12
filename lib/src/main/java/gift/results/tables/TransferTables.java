package gift.results.tables;

import static gift.transfer.TransferConfig.text;

import gift.eval.Interval;
import gift.io.Csv;
import gift.io.Folders;
import gift.io.InputException;
import gift.transfer.TransferConfig;
import gift.transfer.TransferConfig.Images;
import gift.transfer.TransferConfig.Objective;
import gift.transfer.TransferConfig.Pretraining;
import gift.transfer.TransferResults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables of a transfer study (He et al. 2023, tables 8, 9 and 11). */
public final class TransferTables {
    private static final List<String> PUBLISHED_COLUMNS =
            List.of("table", "task", "metric", "data", "pretrained_on_in1k", "syn_amount", "value");
    private static final String NOTHING = "(None)";
    private static final String REAL = "yes"; // pretrained on the real images of ImageNet-1k
    /** Published amounts by ours, and the third of tables 9 and 11. */
    private static final List<String> AMOUNTS = List.of("1.2M", "2.4M", "3.6M");
    private static final String THIRD_AGNOSTIC = "4.0M";

    /** A row of a published table; of nothing generated the amount is empty, since it is entered in two ways. */
    private record Key(int table, String data, String real, String amount) {}

    private final String name;
    private final TransferResults results;
    private final Interval.Kind kind;

    /** @param kind of the intervals over seeds of accuracies; those of differences are t intervals */
    public TransferTables(String name, TransferResults results, Interval.Kind kind) {
        this.name = name;
        this.results = results;
        this.kind = kind;
    }

    /** Names of the studies below a folder that have such results. No folder: no study. */
    public static List<String> studies(Path root) {
        return Folders.inside(root).stream().filter(TransferResults::isIn).map(study -> study.getFileName().toString()).toList();
    }

    /** A row for each pretraining: mean over the tasks, and what it has more than none. */
    public ResultTable main() {
        ResultTable.Builder table = new ResultTable.Builder(name).text("pretraining", "objective", "images", "start")
                .whole("amount", "one_class_in", "seeds").numbers(List.of("accuracy", "accuracy_low", "accuracy_high",
                        "gain", "gain_low", "gain_high")).text("verdict");
        for (String method : results.methods()) {
            Pretraining p = results.pretrainings().get(method);
            Interval accuracy = results.interval(method, null, kind);
            Interval gain = results.gain(method, null);
            List<Object> row = new ArrayList<>(p == null ? List.of(method, "", "", "", 0, 0)
                    : List.of(method, text(p.objective()), text(p.images()), p.start(), p.amount(), p.oneClassIn()));
            row.addAll(List.of(accuracy.count(), accuracy.mean(), accuracy.low(), accuracy.high()));
            row.addAll(p == null ? List.of(Double.NaN, Double.NaN, Double.NaN, "")
                    : List.of(gain.mean(), gain.low(), gain.high(), Differences.verdict(gain)));
            table.row(row);
        }
        return table.build(name + ": accuracy in percent of towers tuned on real images, mean over " + results.tasks().size()
                + " tasks", 2, notes());
    }

    /** The same for each task. */
    public ResultTable tasks() {
        ResultTable.Builder table = new ResultTable.Builder(name + "_tasks").text("pretraining");
        for (String task : results.tasks()) {
            table.numbers(List.of(task, task + "_gain", task + "_gain_low", task + "_gain_high"));
        }
        for (String method : results.methods()) {
            List<Object> row = new ArrayList<>(List.of(method));
            for (String task : results.tasks()) {
                Interval gain = method.equals(TransferConfig.NONE) ? Interval.of(Interval.Kind.T) : results.gain(method, task);
                row.addAll(List.of(results.interval(method, task, kind).mean(), gain.mean(), gain.low(), gain.high()));
            }
            table.row(row);
        }
        return table.build(name + ": accuracy in percent on each task, mean over seeds, and the gain over none", 2, notes());
    }

    /** Every row of the published tables 8, 9 and 11, with the pretraining of the study that stands for it, if there is one. */
    public ResultTable beside(Path published) {
        Path file = published.resolve("he2023_tables8_11.csv");
        List<List<String>> lines = Csv.read(file);
        InputException.require(!lines.isEmpty() && lines.get(0).equals(PUBLISHED_COLUMNS),
                file + ": the first row must be " + String.join(",", PUBLISHED_COLUMNS));
        Map<Key, String> ours = ours();
        Map<Integer, Double> nothing = new LinkedHashMap<>(); // published value without pretraining, by table
        ResultTable.Builder table = new ResultTable.Builder(name + "_published").whole("table")
                .text("data", "pretrained_on_in1k", "amount").numbers(List.of("published", "published_gain"))
                .text("pretraining").numbers(List.of("ours", "ours_low", "ours_high", "gain", "gain_low", "gain_high"))
                .text("verdict");
        for (int i = 1; i < lines.size(); i++) {
            List<String> line = lines.get(i);
            String where = file + ", row " + i;
            InputException.require(line.size() == PUBLISHED_COLUMNS.size() && line.get(0).matches("\\d{1,2}"),
                    where + ": needs " + PUBLISHED_COLUMNS.size() + " fields, the first the number of a table");
            int number = Integer.parseInt(line.get(0));
            double value = Published.number(line.get(6), where);
            boolean none = line.get(3).equals(NOTHING);
            if (none && !line.get(4).equals(REAL)) {
                nothing.put(number, value);
            }
            Key key = new Key(number, line.get(3), line.get(4), none ? "" : line.get(5));
            if (number != 10) {
                List<Object> row = new ArrayList<>(List.of(number, line.get(3), line.get(4), none ? "" : line.get(5), value,
                        value - nothing.getOrDefault(number, Double.NaN)));
                row.addAll(own(ours.get(key)));
                table.row(row);
            }
        }
        List<String> notes = new ArrayList<>(notes());
        notes.add("published: top-1 on CIFAR-100 (tables 8 and 9), AP50 of detection on PASCAL VOC after MoCo v2 (table 11; ours is"
                + " classification after DINO). No number here is to be compared with another, gains in their order"
                + " at most. Table 10, detection after supervised pretraining, has no counterpart here");
        return table.build(name + ": ours beside tables 8, 9 and 11 of He et al. 2023", 2, notes);
    }

    private List<Object> own(String method) {
        boolean there = method != null && results.methods().contains(method);
        Interval accuracy = there ? results.interval(method, null, kind) : Interval.of(kind);
        boolean compared = there && !method.equals(TransferConfig.NONE);
        Interval gain = compared ? results.gain(method, null) : Interval.of(Interval.Kind.T);
        return List.of(there ? method : "", accuracy.mean(), accuracy.low(), accuracy.high(), gain.mean(), gain.low(), gain.high(),
                compared ? Differences.verdict(gain) : "");
    }

    /** The study's pretrainings by the published rows that they stand for. */
    private Map<Key, String> ours() {
        Map<Key, String> ours = new LinkedHashMap<>();
        for (int table : new int[] {8, 9, 11}) {
            ours.put(new Key(table, NOTHING, "no", ""), TransferConfig.NONE);
        }
        results.pretrainings().forEach((method, p) -> keys(p).forEach(key -> ours.putIfAbsent(key, method)));
        return ours;
    }

    private List<Key> keys(Pretraining p) {
        boolean none = p.start().equals(TransferConfig.NONE);
        Pretraining before = results.pretrainings().get(p.start());
        if (!p.weights().isEmpty() || p.amount() > AMOUNTS.size() || !none && (before == null || before.images() != Images.REAL)) {
            return List.of();
        }
        boolean dino = p.objective() == Objective.DINO;
        if (p.images() == Images.REAL) {
            return !none ? List.of() : dino ? List.of(new Key(11, NOTHING, REAL, ""))
                    : List.of(new Key(8, NOTHING, REAL, ""), new Key(9, NOTHING, REAL, ""));
        }
        String real = none ? "no" : REAL;
        if (p.images() == Images.TASK) {
            return dino ? List.of() : List.of(new Key(8, "C100 Syn", real, AMOUNTS.get(p.amount() - 1)));
        }
        String amount = p.amount() == AMOUNTS.size() ? THIRD_AGNOSTIC : AMOUNTS.get(p.amount() - 1);
        return List.of(new Key(dino ? 11 : 9, p.oneClassIn() > 1 ? "IN-1K Syn" : "IN-2K Syn", real, amount));
    }

    private List<String> notes() {
        return List.of(StudyTables.brackets(kind) + "; of gains t intervals, seed by seed", "seeds change random towers, the draw of"
                + " real images and batches; each pretraining and its images are made once, and their luck is in no interval");
    }
}
