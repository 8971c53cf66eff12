package gift.parity;

import com.fasterxml.jackson.databind.JsonNode;
import gift.continual.Exemplars;
import gift.eval.ContinuumMetrics;
import gift.eval.ContinuumMetrics.Release;
import gift.eval.IncrementalMatrix;
import gift.eval.IncrementalMetrics;
import gift.incremental.ClassIncremental;
import gift.io.Json;
import gift.io.SafeTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What of ZSCL's class-incremental code needs no model: metrics, memory, class orders and configurations. */
final class CilFacts {
    private static final double PERCENT = 1e-8;

    private CilFacts() {}

    /** The last accuracy over the classes seen, and the mean over the steps so far. */
    static void accuracy(String where, double last, double avg, JsonNode logged, Consumer<ParityCase> report) {
        percent(where + "/acc", last, logged.get("acc"), report);
        percent(where + "/avg_acc", avg, logged.get("avg_acc"), report);
    }

    /** The metrics of matrices, step by step, evaluated on the steps seen so far or on all. */
    static void metrics(JsonNode one, Consumer<ParityCase> report) {
        one.get("cases").properties().forEach(entry -> {
            double[][] rows = Json.convert(entry.getKey(), entry.getValue().get("accuracy_matrix"), double[][].class);
            List<Integer> images = new ArrayList<>();
            entry.getValue().get("test_samples_per_task").forEach(n -> images.add(n.asInt()));
            boolean all = entry.getValue().get("evaluated").asText().equals("all tasks");
            IncrementalMatrix matrix = IncrementalMatrix.of(images.stream().map(n -> 1).toList(), images);
            List<Double> accuracy = new ArrayList<>();
            for (int t = 0; t < rows.length; t++) {
                double[] row = Arrays.stream(rows[t]).map(share -> 100 * share).toArray();
                matrix = matrix.withRow(row);
                accuracy.add(IncrementalMetrics.accuracy(all ? images : images.subList(0, t + 1), row));
                String where = "cil/metrics/" + entry.getKey() + "/step_" + (t + 1);
                JsonNode logged = entry.getValue().get("logged_after_each_task").get(t);
                accuracy(where, IncrementalMetrics.last(accuracy), IncrementalMetrics.avg(accuracy), logged, report);
                percent(where + "/forgetting", ContinuumMetrics.forgetting(matrix, Release.V1_2_4), logged.get("forgetting"), report);
                percent(where + "/bwt", ContinuumMetrics.backwardTransfer(matrix, Release.V1_2_4), logged.get("bwt"), report);
                percent(where + "/fwt", ContinuumMetrics.forwardTransfer(matrix), logged.get("fwt_of_continuum_1_2_0"), report);
            }
        });
    }

    private static void percent(String name, double computed, JsonNode logged, Consumer<ParityCase> report) {
        report.accept(new ParityCase(name, Math.abs(computed - logged.asDouble()), PERCENT, "percent"));
    }

    /** The memory of exemplars, as published and as intended. */
    static void herding(Path folder, JsonNode one, Consumer<ParityCase> report) {
        try (SafeTensors own = SafeTensors.open(folder.resolve("herding.safetensors"))) {
            Exemplars memory = Exemplars.NONE;
            for (int t = 0; t < one.get("updates").size(); t++) {
                JsonNode expected = one.get("updates").get(t);
                float[][] features = encode(own, "pool" + t);
                memory = memory.before(features, one.get("memory_size").asInt(), true);
                long wrong = 0;
                for (int k = 0; k <= t; k++) {
                    int[] kept = Json.convert("manifest.json", expected.get("memory_after_update").get(Integer.toString(k)),
                            int[].class);
                    wrong += Arrays.equals(kept, memory.chosen().get(k).get(0)) ? 0 : 1;
                }
                report.accept(new ParityCase("cil/herding/step_" + (t + 1) + "/as_published", wrong, 0, "lists that differ"));
                int[] intended = Json.convert("manifest.json", expected.get("intended_picks_of_this_task"), int[].class);
                report.accept(new ParityCase("cil/herding/step_" + (t + 1) + "/intended",
                        Arrays.equals(intended, Exemplars.herd(features, intended.length)) ? 0 : 1, 0, "lists that differ"));
            }
        }
    }

    /** Images times a matrix, unit length. */
    private static float[][] encode(SafeTensors own, String pool) {
        int n = (int) own.entry(pool).shape()[0];
        int in = (int) own.entry("encoder").shape()[0];
        int out = (int) own.entry("encoder").shape()[1];
        float[] images = own.floats(pool);
        float[] matrix = own.floats("encoder");
        float[][] features = new float[n][out];
        for (int i = 0; i < n; i++) {
            int row = i * in;
            double[] one = IntStream.range(0, out).mapToDouble(d -> IntStream.range(0, in)
                    .mapToDouble(k -> (double) images[row + k] * matrix[k * out + d]).sum()).toArray();
            double norm = Math.sqrt(DoubleStream.of(one).map(x -> x * x).sum());
            for (int d = 0; d < out; d++) {
                features[i][d] = (float) (one[d] / norm);
            }
        }
        return features;
    }

    /** Class orders, and the steps that published configurations make of them. */
    static void protocol(Path folder, Consumer<ParityCase> report) {
        JsonNode protocol = Json.tree(folder.resolve("protocol.json"));
        protocol.get("class_orders").properties().forEach(order -> {
            int[] expected = Json.convert("protocol.json", order.getValue().get("order"), int[].class);
            int[] ours = steps(order.getKey(), expected.length, expected.length, 1).get(0).classes();
            report.accept(new ParityCase("cil/protocol/order/" + order.getKey(), Arrays.equals(ours, expected) ? 0 : 1, 0,
                    expected.length + " classes"));
        });
        protocol.get("configs").properties().forEach(entry -> {
            JsonNode c = entry.getValue();
            String set = c.get("dataset").asText();
            int[] order = Json.convert("protocol.json", protocol.get("class_orders").get(set).get("order"), int[].class);
            List<ClassIncremental.Step> steps = steps(set, order.length, c.get("initial_increment").asInt(),
                    c.get("increment").asInt());
            String form = steps.get(0).classes().length + ", then " + steps.get(1).classes().length + " x " + (steps.size() - 1);
            boolean same = steps.size() == c.get("tasks").asInt() && form.equals(c.get("classes_per_task").get(0).asText() + ", "
                    + c.get("classes_per_task").get(1).asText());
            report.accept(new ParityCase("cil/protocol/config/" + entry.getKey(), same ? 0 : 1, 0, form));
        });
    }

    private static List<ClassIncremental.Step> steps(String order, int classes, int initial, int increment) {
        return Json.convert(order, Json.toTree(Map.of("initial", initial, "increment", increment, "order", order)),
                ClassIncremental.class).steps(order, IntStream.range(0, classes).mapToObj(c -> "class " + c).toList());
    }
}
