package gift.bench;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import gift.tensor.Gpus;
import gift.train.PeakMemory;
import gift.train.Phases;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** The times of the calls of one piece of work; the first ones are warm-up. */
final class Samples {
    private final Repeats repeats;
    private final double[] wall;
    private final double[] processor;
    private int made;

    Samples(Repeats repeats) {
        this.repeats = repeats;
        this.wall = new double[repeats.count()];
        this.processor = new double[repeats.count()];
    }

    /** All calls, warm-up included. */
    static Samples of(Repeats repeats, IntConsumer call) {
        Samples samples = new Samples(repeats);
        for (int i = 0; i < repeats.all(); i++) {
            int number = i;
            samples.take(() -> {
                call.accept(number);
                return null;
            });
        }
        return samples;
    }

    /** Times one call, which waits for the device before it returns. */
    <T> T take(Supplier<T> call) {
        long used = Phases.cpuNanos();
        long begin = System.nanoTime();
        T result = call.get();
        int counted = made++ - repeats.warmup();
        if (counted >= 0) {
            wall[counted] = (System.nanoTime() - begin) / 1e6;
            processor[counted] = (Phases.cpuNanos() - used) / 1e6;
        }
        return result;
    }

    /** @param operations floating-point operations of a call; 0 if unknown */
    Timing timing(String name, double operations, Floor floor, Device device) {
        Arrays.sort(wall);
        Arrays.sort(processor);
        double median = wall[wall.length / 2];
        double peak = PeakMemory.gib();
        return new Timing(name, repeats.warmup(), repeats.count(), rounded(median), rounded(wall[0]), rounded(wall[wall.length - 1]),
                rounded(processor[processor.length / 2]), operations,
                operations == 0 ? null : rounded(median / floor.milliseconds(operations)),
                Double.isNaN(peak) ? null : rounded(peak), gpuGib(device));
    }

    /** Memory of the GPU in use, of all processes: as CUDA's runtime says, or the driver where DJL does not find the runtime. */
    private static Double gpuGib(Device device) {
        if (!device.isGpu()) {
            return null;
        }
        try {
            return rounded(CudaUtils.getGpuMemory(device).getUsed() / Math.pow(2, 30));
        } catch (RuntimeException | LinkageError e) {
            return Gpus.driver("memory.used", device).filter(mebibytes -> mebibytes.matches("\\d+"))
                    .map(mebibytes -> rounded(Long.parseLong(mebibytes) / 1024.0)).orElse(null);
        }
    }

    static double rounded(double x) {
        return Math.round(x * 1000) / 1000.0;
    }
}
