package gift.results.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gift.eval.Interval;
import gift.results.ResultFolders;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Own runs beside the committed reference; matrices of {@link SmallRuns}, whose metrics move by d. */
class ComparisonTest {
    @TempDir
    Path root;

    private ResultFolders folders() {
        return new ResultFolders(root.resolve("runs"), PublishedTest.FOLDER, root.resolve("reference"));
    }

    private void reference(String method, long seed, double d) {
        SmallRuns.matrix(d).write(root.resolve("reference/small").resolve(method).resolve(seed + ".csv"));
    }

    private void own(String method, long seed, double d) {
        SmallRuns.run(root.resolve("runs"), "small", method, seed, SmallRuns.matrix(d));
    }

    /** The larger of 1.5 points and 2 s sqrt(1/n + 1/m). */
    @Test
    void tolerance() {
        assertThat(Comparison.tolerance(new double[] {50}, 3)).isEqualTo(1.5);
        assertThat(Comparison.tolerance(new double[] {50, 50.2, 50.4}, 3)).isEqualTo(1.5);
        // s = 2, one seed of ours, three of the reference: 4 sqrt(4/3)
        assertThat(Comparison.tolerance(new double[] {48, 50, 52}, 1)).isCloseTo(4 * Math.sqrt(4.0 / 3), within(1e-12));
    }

    @Test
    void reproducedOrNot() {
        reference("finetune", 1, 0);
        reference("gift", 1, 0);
        reference("gift", 2, 2);
        own("finetune", 1, 1.6);
        own("gift", 1, 0);
        own("gift", 2, 3);
        own("mine", 1, 0);
        Comparison comparison = Comparison.of(folders());
        assertThat(comparison.reproduced()).isEqualTo(3);
        assertThat(comparison.notes()).containsExactly("no reference for mine of small");
        assertThat(comparison.summary()).isEqualTo("3 of 6 numbers of the committed reference reproduced; 1 of 3 matrices"
                + " bit-identical to those of the same seed");
        // s = sqrt 2 over the reference's two seeds, two of ours: tolerance 2 sqrt 2
        assertThat(comparison.table().csv()).startsWith("study,method,metric,seeds,ours,reference_seeds,reference,tolerance,"
                        + "difference,verdict,identical\n")
                .contains("small,finetune,transfer,1,34.1,1,32.5,1.5,1.6,not reproduced,0\n")
                .contains("small,gift,transfer,2,34,2,33.5,2.8284,0.5,reproduced,1\n");
        assertThat(comparison.only(List.of("other")).rows()).isEmpty();
    }

    @Test
    void withoutAReference() {
        own("gift", 1, 0);
        assertThat(Comparison.of(folders()).summary()).contains("there is no committed reference in");
    }

    /** A study's bare name is the own one where there is one, else the committed one, which always has its prefix too. */
    @Test
    void namesOfStudies() {
        reference("gift", 1, 0);
        Tables tables = new Tables(folders(), Interval.Kind.BOOTSTRAP);
        assertThat(tables.get("small").csv()).contains("gift,1,32.5").isEqualTo(tables.get("reference_small").csv());
        own("gift", 1, 1);
        tables = new Tables(folders(), Interval.Kind.BOOTSTRAP);
        assertThat(tables.get("small").csv()).contains("gift,1,33.5");
        assertThat(tables.get("reference_small").csv()).contains("gift,1,32.5");
        assertThat(tables.get("comparison").csv()).contains("gift,last");
    }

    /** Joint training has seen every task: no Transfer. */
    @Test
    void jointTrainingHasNoTransfer() {
        own("joint", 1, 0);
        Tables tables = new Tables(folders(), Interval.Kind.BOOTSTRAP);
        assertThat(tables.get("small").csv()).contains("joint,1,,,,56.1111,,,58.3333,,\n");
        assertThat(tables.get("small_tasks").csv()).contains("joint,transfer,,,,\n", "joint,last,60,65,50,58.3333\n");
        assertThat(tables.get("small_seeds").csv()).contains("joint,1,,56.1111,58.3333,-17.5\n");
    }
}
