package gift.job;

import static org.assertj.core.api.Assertions.assertThat;

import gift.study.StudyConfig;
import gift.study.Tuning;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code data/studies/mini.json}: what its sizes come to. */
class ShippedJobTest {
    private static final Path FILE = Path.of("../data/studies/mini.json");

    @Test
    void sizes() {
        Set<String> full = ids("full");
        Set<String> standard = ids("default");
        assertThat(full).contains("order_I/gift/3", "order_II/joint/1", "ablations/noise_pictures/2", "incremental_8/gift/3",
                "incremental_17/zscl/1").containsAll(standard).containsAll(ids("quick")).containsAll(ids("incremental"));
        assertThat(standard).contains("order_I/zeroshot/1", "order_I/gift/1", "order_I/zscl_star/1", "order_II/zscl/1",
                "order_II/gift/1");
        assertThat(ids("quick")).containsExactlyInAnyOrder("quick/zeroshot/1", "quick/finetune/1", "quick/finetune_6e-4/1",
                "quick/zscl/1", "quick/gift/1");
    }

    /** The studies of one job differ in orders and references, not in how a method of the same name learns. */
    @Test
    void oneSettingForEachMethod() {
        StudyConfig first = StudyConfig.read(FILE.resolveSibling("mini_order_I.json"));
        for (String other : List.of("mini_order_II.json", "mini_ablations.json", "mini_quick.json")) {
            StudyConfig study = StudyConfig.read(FILE.resolveSibling(other));
            assertThat(study.training()).as(other).isEqualTo(first.training());
            study.methods().forEach((name, settings) -> {
                if (first.methods().containsKey(name)) {
                    assertThat(settings).as(other + ", " + name).isEqualTo(first.methods().get(name));
                }
            });
        }
    }

    /** The same for the class-incremental studies, which have batches and a warm-up of their own. */
    @Test
    void oneSettingForEachMethodOfAGrowingLabelSpace() {
        StudyConfig first = StudyConfig.read(FILE.resolveSibling("mini_incremental.json"));
        StudyConfig second = StudyConfig.read(FILE.resolveSibling("mini_incremental_17.json"));
        assertThat(first.methods()).containsAllEntriesOf(second.methods());
        assertThat(new Tuning(FILE.resolveSibling("mini_incremental_tuning.json")).trials()).hasSize(40);
    }

    private static Set<String> ids(String size) {
        return Job.read(FILE).runs(FILE, size).stream().map(JobRun::id).collect(Collectors.toSet());
    }

    /** Zero-shot: two evaluations; fine-tuning: its updates and nine evaluations. */
    @Test
    void costs() {
        List<JobRun> runs = Job.read(FILE).runs(FILE, "full");
        JobRun finetune = runs.stream().filter(run -> run.method().equals("finetune")).findFirst().orElseThrow();
        JobRun zeroshot = runs.stream().filter(run -> run.method().equals("zeroshot")).findFirst().orElseThrow();
        double one = finetune.updates().get(0);
        assertThat(finetune.cost()).isEqualTo(8 * one + 9 * one / 2);
        assertThat(zeroshot.cost()).isEqualTo(one);
    }
}
