package gift.results.tables;

import gift.eval.AccuracyMatrix;
import gift.io.SafeTensors;
import gift.io.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Made-up run folders for tests; three tasks, numbers to check by hand. */
public final class SmallRuns {
    public static final List<String> TASKS = List.of("A", "B", "C");

    private SmallRuns() {}

    /** Transfer 32.5 + d, Avg 505/9 + d, Last 175/3 + d, BWT -17.5. */
    public static AccuracyMatrix matrix(double d) {
        return AccuracyMatrix.of(TASKS).withBefore(10, 20, 30)
                .withRow(90 + d, 40 + d, 30 + d).withRow(80 + d, 70 + d, 20 + d).withRow(60 + d, 65 + d, 50 + d);
    }

    /** A finished run as the run store keeps it. */
    public static Path run(Path runs, String study, String method, long seed, AccuracyMatrix matrix) {
        Path folder = runs.resolve(study).resolve(method).resolve(Long.toString(seed));
        matrix.write(folder.resolve("matrix.csv"));
        write(folder.resolve("settings.json"), "{\"seed\": " + seed + "}");
        return folder;
    }

    /** Two updates of losses and two weights for each task; the weights of task t have the size t + 1. */
    public static void lossesAndWeights(Path run) {
        for (int t = 0; t < TASKS.size(); t++) {
            String name = "0" + (t + 1) + "_" + TASKS.get(t);
            write(run.resolve("losses").resolve(name + ".csv"),
                    "update,cross_entropy,penalty,loss\n0,2.000000,0.000000,2.000000\n1,1.000000,0.100000,1.100000\n");
            float size = t + 1;
            SafeTensors.write(weights(run, name), Map.of(), List.of(
                    source("visual.conv1.weight", size, size), source("visual.transformer.resblocks.0.ln_1.weight", 3 * size, 4),
                    source("visual.transformer.resblocks.0.mlp.c_fc.weight", 0, 0), source("visual.proj", 1, 1),
                    source("token_embedding.weight", 1, size), source("text_projection", 2, 0), source("logit_scale", size, 0)));
        }
    }

    private static Path weights(Path run, String name) {
        Path file = run.resolve("weights").resolve(name + ".safetensors");
        folder(file.getParent());
        return file;
    }

    private static SafeTensors.Source source(String name, float... values) {
        return TensorSource.of(name, new long[] {values.length}, values);
    }

    public static void write(Path file, String text) {
        folder(file.getParent());
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void folder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
