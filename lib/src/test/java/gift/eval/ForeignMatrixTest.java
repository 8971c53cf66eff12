package gift.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.InputException;
import gift.results.StudyRuns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the published code leaves: its CSV, arrays, logs. */
class ForeignMatrixTest {
    /** As the published evaluation prints, zero-shot first; "A" is learnt before "B". */
    private static final String LOG = """
            Evaluating on B , zero-shot
            \r 50%|#####     | 1/2 [00:00<00:00]\r100%|##########| 2/2 [00:00<00:00]
            Top-1 accuracy: 20.00
            Evaluating on A , zero-shot
            Top-1 accuracy: 10.00
            Checkpoint loaded from .ckpt/exp_1/A.pth
            Evaluating on B , zero-shot
            Top-1 accuracy: 40.00
            Evaluating on A\s
            Top-1 accuracy: 90.00
            Checkpoint loaded from .ckpt/exp_1/B.pth
            Evaluating on B\s
            Top-1 accuracy: 70.00
            Evaluating on A\s
            Top-1 accuracy: 80.50
            """;

    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        return Files.writeString(folder.resolve(name), text);
    }

    /** As {@code numpy.save} writes doubles. */
    private Path npy(String name, String shape, double... values) throws IOException {
        String header = "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }";
        header += " ".repeat(117 - header.length()) + "\n";
        ByteBuffer bytes = ByteBuffer.allocate(10 + header.length() + 8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        bytes.put(header.getBytes(StandardCharsets.US_ASCII));
        for (double value : values) {
            bytes.putDouble(value);
        }
        return Files.write(folder.resolve(name), bytes.array());
    }

    private static void same(AccuracyMatrix matrix, List<String> tasks) {
        assertThat(matrix.tasks()).isEqualTo(tasks);
        assertThat(matrix.isComplete()).isTrue();
        assertThat(List.of(matrix.get(0, 0), matrix.get(0, 1), matrix.get(1, 0), matrix.get(1, 1)))
                .containsExactly(90.0, 40.0, 80.5, 70.0);
        assertThat(Metrics.of(matrix).transfer()).isEqualTo(40);
    }

    @Test
    void oneMatrixInEveryForm() throws IOException {
        same(ForeignMatrix.read(write("a.csv", "0,1\n90.0,40.0\n80.5,70.0\n")), List.of("1", "2"));
        same(ForeignMatrix.read(write("b.csv", ",0,1\n0,90.0,40.0\n1,80.5,70.0\n"), List.of("A", "B")), List.of("A", "B"));
        same(ForeignMatrix.read(write("c.csv", "after_training_on,A,B\nA,90,40\nB,80.5,70\n")), List.of("A", "B"));
        same(ForeignMatrix.read(npy("d.npy", "(2, 2)", 90, 40, 80.5, 70)), List.of("1", "2"));
        same(ForeignMatrix.read(npy("e.npy", "(4,)", 90, 40, 80.5, 70)), List.of("1", "2"));
        AccuracyMatrix log = ForeignMatrix.read(write("f.log", LOG));
        same(log, List.of("A", "B")); // the order of the checkpoints, not of the evaluation
        assertThat(log.before()).hasValue(new double[] {10, 20});
        String bare = LOG.substring(LOG.indexOf("Checkpoint")).replaceAll("Checkpoint.*\n", "").replace(" B", " C");
        assertThat(ForeignMatrix.read(write("g.txt", bare)).tasks()).containsExactly("C", "A");
    }

    @Test
    void inATableTheyTakeTheNamesOfTheOthers() throws IOException {
        write("runs/study/gift/1.csv", "0,1\n90.0,40.0\n80.5,70.0\n");
        write("runs/study/gift/2.log", LOG);
        StudyRuns runs = StudyRuns.read(folder.resolve("runs/study"), "study");
        assertThat(runs.tasks()).containsExactly("A", "B");
        assertThat(runs.of("gift")).hasSize(2).allMatch(run -> run.metrics().transfer() == 40);
    }

    @Test
    void whatIsNoneIsRefused() throws IOException {
        refused(write("a.csv", "0,1\n90.0,40.0\n"), "holds 2 accuracies, no square");
        refused(write("b.csv", "0,1\n0.9,0.4\n0.8,0.7\n"), "in percent");
        refused(write("c.csv", "0,1\n90,x\n80,70\n"), "row 1", "\"x\"");
        refused(write("d.log", "nothing\n"), "no line \"Top-1 accuracy: X\"");
        refused(write("e.npy", "nothing"), "no .npy file");
        refused(npy("f.npy", "(3,)", 90, 40), "bytes of its shape [3]");
        refused(write("g.log", LOG.replace("on A \n", "on D\n").replaceFirst("on A ,", "on D ,").replaceFirst("on D", "on E")),
                "other data sets");
    }

    private static void refused(Path file, String... words) {
        assertThatThrownBy(() -> ForeignMatrix.read(file)).isInstanceOf(InputException.class)
                .hasMessageContainingAll(words).hasMessageContaining(file.toString());
    }
}
