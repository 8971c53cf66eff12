package gift.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.InputException;
import gift.units.UnitRecord.State;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records, locks, status and packs, with units of nothing. */
class BookkeepingTest {
    // 100,000 by -Dgift.units=100000; what they took is in environment/cluster.md
    private static final int MANY = Integer.getInteger("gift.units", 3_000);

    @TempDir
    Path folder;

    /** Units that leave nothing but their records; some fail, and one can be made to hold a second process out. */
    private final class Nothing implements Units {
        private final int size;
        private final List<Integer> failing;
        private final BitSet finished = new BitSet();

        private Nothing(int size, Integer... failing) {
            this.size = size;
            this.failing = List.of(failing);
        }

        @Override
        public String name() {
            return "nothing";
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public String id(int index) {
            return "nothing/" + index;
        }

        @Override
        public BitSet done() {
            BitSet done = new BitSet();
            State[] states = new Records(this).states();
            IntStream.range(0, size).filter(i -> states[i] == State.DONE).forEach(done::set);
            return done;
        }

        @Override
        public boolean isDone(int index) {
            return finished.get(index);
        }

        @Override
        public Path above() {
            return folder;
        }

        @Override
        public void prepare() {}

        @Override
        public void work(List<Integer> indices, Session session) {
            indices.forEach(index -> session.attempt(index, () -> {
                if (failing.contains(index)) {
                    throw new IllegalStateException("unit " + index + " is not to be");
                }
                finished.set(index);
            }));
        }

        @Override
        public void collect(PrintWriter out) {}
    }

    private static int run(Units units, int index, int pack, List<String> lines) {
        return UnitTask.run(units, index, pack, null, false, Duration.ZERO, lines::add);
    }

    @Test
    void manyUnits() {
        Nothing units = new Nothing(MANY);
        List<String> lines = new ArrayList<>();
        long begin = System.nanoTime();
        UnitList.print(units, true, false, lines::add);
        double listing = (System.nanoTime() - begin) / 1e9;
        assertThat(lines).hasSize(MANY).last().isEqualTo("{\"index\":" + (MANY - 1) + ",\"id\":\"nothing/" + (MANY - 1) + "\",\"done\":false}");

        int pack = MANY / 10;
        begin = System.nanoTime();
        for (int task = 0; task * pack < MANY; task++) {
            assertThat(run(units, task, pack, new ArrayList<>())).isZero();
        }
        double doing = (System.nanoTime() - begin) / 1e9;

        begin = System.nanoTime();
        Status status = Status.of(units);
        double looking = (System.nanoTime() - begin) / 1e9;
        assertThat(status).isEqualTo(new Status(MANY, MANY, List.of(), List.of(), 0));
        System.gc();
        long heap = (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20;
        if (MANY >= 100_000) {
            System.out.printf("%d units: listing %.2f s, doing %.2f s, status %.2f s, heap %d MB%n", MANY, listing, doing, looking, heap);
        }
        assertThat(listing).isLessThan(2);
        assertThat(looking).isLessThan(5);
        assertThat(heap).isLessThan(200);
    }

    @Test
    void aUnitThatFailsIsReportedOnceAndTheOthersAreDone() {
        Nothing units = new Nothing(5, 2);
        List<String> lines = new ArrayList<>();
        assertThatThrownBy(() -> run(units, 0, 5, lines)).isInstanceOf(IllegalStateException.class).hasMessage("unit 2 is not to be");
        assertThat(lines).hasSize(5).contains("unit 2, nothing/2, failed: IllegalStateException: unit 2 is not to be");
        assertThatThrownBy(() -> run(units, 2, 1, lines)).isInstanceOf(IllegalStateException.class);
        assertThat(Status.of(units)).isEqualTo(new Status(5, 4, List.of(), List.of(new Status.Failure(2, "nothing/2", 2,
                "IllegalStateException: unit 2 is not to be")), 0));

        StringWriter text = new StringWriter();
        assertThat(Collecting.collect(units, new PrintWriter(text))).isFalse();
        assertThat(text.toString()).contains("4 units in 6 attempts", "4 of 5 done, 0 running, 1 failed, 0 left",
                "failed: unit 2, nothing/2, tried 2 times: IllegalStateException", "missing: unit 2, nothing/2");
        assertThat(new Records(units).folder().resolve("units.csv")).content().contains("2,nothing/2,2,failed,");
    }

    @Test
    void oneProcessAUnit() {
        Nothing units = new Nothing(3);
        Records records = new Records(units);
        records.begin();
        try (UnitLocks locks = new UnitLocks(records.folder())) {
            FileLock lock = locks.take(1);
            List<String> lines = new ArrayList<>();
            assertThat(run(units, 1, 1, lines)).isEqualTo(UnitTask.HELD);
            assertThat(lines).containsExactly("unit 1, nothing/1, is held by another process");
            assertThat(run(units, 0, 3, lines)).as("the others are done").isEqualTo(UnitTask.HELD);
            records.write(new UnitRecord(1, "nothing/1", List.of(UnitRecord.Attempt.begin())));
            assertThat(Status.of(units)).isEqualTo(new Status(3, 2, List.of(1), List.of(), 0));
            locks.release(lock);
            assertThat(Status.of(units)).as("its process is gone").isEqualTo(new Status(3, 2, List.of(), List.of(), 1));
        }
        assertThat(run(units, 1, 1, new ArrayList<>())).isZero();
        assertThat(records.read(1).attempts()).extracting(UnitRecord.Attempt::state).containsExactly(State.STARTED, State.DONE);
        assertThat(records.read(1).last().seconds()).isNotNull();
        assertThat(records.read(1).last().process()).isEqualTo(ProcessHandle.current().pid());
        assertThat(Files.exists(records.folder().resolve("000/1.started.json"))).isFalse();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Nothing units = new Nothing(7);
        refused("index 3 is past the end: 7 units in packs of 3 are numbered 0 to 2", () -> run(units, 3, 3, new ArrayList<>()));
        refused("index 7 is past the end: 7 units are numbered 0 to 6", () -> run(units, 7, 1, new ArrayList<>()));
        refused("the file has other units than when it was submitted", () ->
                UnitTask.run(units, 0, 1, "01234567", false, Duration.ZERO, line -> { }));
        refused("do the nodes share this folder?", () ->
                UnitTask.run(units, 0, 1, new Records(units).fingerprint(), false, Duration.ZERO, line -> { }));
        Records records = new Records(units);
        records.begin();
        refused("does not see the lock that gift submit holds", () ->
                UnitTask.run(units, 0, 1, records.fingerprint(), true, Duration.ZERO, line -> { }));
        try (UnitLocks submitter = new UnitLocks(records.folder())) {
            submitter.submit();
            assertThat(UnitTask.run(units, 0, 1, records.fingerprint(), true, Duration.ZERO, line -> { })).isZero();
        }
        refused("none of SLURM_ARRAY_TASK_ID", () -> Batch.index(Map.of()));
        assertThat(Batch.index(Map.of("SGE_TASK_ID", "1"))).isZero();
        assertThat(Batch.index(Map.of("SLURM_ARRAY_TASK_ID", "4"))).isEqualTo(4);
        assertThat(Batch.units(2, 3, 7)).containsExactly(6);
        assertThat(Batch.pack(1001, 1)).isEqualTo(1);
        assertThat(Batch.pack(1002, 1)).isEqualTo(2);
        assertThat(UnitRecord.schedulerJob(Map.of("SLURM_ARRAY_JOB_ID", "17", "SLURM_ARRAY_TASK_ID", "3"))).isEqualTo("slurm 17_3");
        assertThat(UnitRecord.schedulerJob(Map.of("GIFT_JOB", "spark app-1"))).isEqualTo("spark app-1");
    }

    private static void refused(String part, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(InputException.class).hasMessageContaining(part);
    }
}
