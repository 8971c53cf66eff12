package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.io.Json;
import gift.tensor.Compute;
import gift.tensor.Devices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** 200 GIFT updates of a small model; prints the resident memory in kB after update 50 and after update 200. Argument: a
 * {@link Compute}. */
public final class ResidentMemory {
    private ResidentMemory() {}

    public static void main(String[] args) throws IOException {
        Training training = new Training(199, 6, 6, 1e-3, 10, 0.2, 0, 0.999, 1000, Training.Shortcuts.ALL);
        training = args.length == 0 ? training : Json.replace(training, "compute", Compute.valueOf(args[0]));
        long early = 0;
        try (NDManager manager = Devices.newManager(Device.cpu());
                Clip start = Clip.random(TinyTask.CONFIG, manager, 1);
                Clip student = start.copy();
                TaskTrainer trainer = new TaskTrainer(
                        student, start, Methods.GIFT, training, new TinyTask(), new TinyTask.Pairs())) {
            for (int i = 0; i < trainer.updates(); i++) {
                trainer.update(i);
                early = i == 49 ? kilobytes() : early;
            }
            System.out.println(early + " " + kilobytes());
        }
    }

    private static long kilobytes() throws IOException {
        System.gc();
        return kilobytes("VmRSS:");
    }

    public static long kilobytes(String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }

    /**
     * What a class prints in a process of its own, whose Java heap is in memory from the start and cannot grow into the
     * figures.
     */
    public static String fork(Class<?> main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("MALLOC_MMAP_THRESHOLD_", "65536"); // glibc else keeps what is freed in its heap
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).isZero();
        return printed;
    }
}
