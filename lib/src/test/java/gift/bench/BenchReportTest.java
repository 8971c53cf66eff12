package gift.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.io.InputException;
import gift.tensor.Devices;
import gift.train.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchReportTest {
    @TempDir
    Path folder;

    private static Timing timing(String name, double median, double processor) {
        return new Timing(name, 1, 3, median, median, median, processor, 0, null, null, null);
    }

    private static BenchReport report(String work, Timing... timings) {
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            return BenchReport.of("step", work, "fp32", Environment.of(manager), null, List.of(timings));
        }
    }

    @Test
    void ratiosToAReportOfTheSameWork() throws IOException {
        Path file = folder.resolve("peer.json");
        report("4 + 4 images", timing("published order", 200, 400)).write(file);
        assertThat(report("4 + 4 images", timing("on", 50, 80)).against(file)).singleElement().asString()
                .startsWith("on / published order (gift on libtorch ").endsWith("): time 0.250, processor time 0.200");
        assertThatThrownBy(() -> report("8 + 8 images", timing("on", 50, 80)).against(file)).isInstanceOf(InputException.class)
                .hasMessageContaining("of other work: \"4 + 4 images\"");
        assertThat(report("4 + 4 images", timing("published order", 50, 80), timing("off", 60, 90)).against(file))
                .as("of one name").singleElement().asString().startsWith("published order / published order");
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> report("4 + 4 images", timing("on", 50, 80)).against(file)).isInstanceOf(InputException.class)
                .hasMessageContaining("is no report of a bench");
    }

    /** 2 n^3 operations at 100 GFLOP/s: 10^9 of them take 10 ms. */
    @Test
    void theFloorIsTheTimeOfAsManyOperations() {
        Floor floor = new Floor(2048, gift.tensor.Precision.FP32, 100);
        assertThat(floor.milliseconds(1e9)).isEqualTo(10);
        Samples samples = new Samples(new Repeats(1, 3));
        int[] calls = {0};
        for (int i = 0; i < 4; i++) {
            samples.take(() -> calls[0]++);
        }
        assertThat(calls[0]).isEqualTo(4);
        Timing timing = samples.timing("nothing", 1e9, floor, Device.cpu());
        assertThat(timing.timesFloor()).isLessThan(1);
        assertThat(timing.minMs()).isLessThanOrEqualTo(timing.medianMs());
        if (Devices.gpus() == 0) {
            assertThat(samples.timing("nothing", 0, null, Device.gpu(0)).gpuMemoryGib()).as("nobody can say").isNull();
        }
    }
}
