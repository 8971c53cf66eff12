package gift.continual;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.tensor.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** 200 GIFT updates of a small model; prints the resident memory in kB after update 50 and after update 200. */
final class ResidentMemory {
    private ResidentMemory() {}

    public static void main(String[] args) throws IOException {
        Training training = new Training(199, 6, 6, 1e-3, 10, 0.2, 0, 0.999, 1000, Training.Shortcuts.ALL);
        long early = 0;
        try (NDManager manager = Devices.newManager(Device.cpu());
                Clip start = Clip.random(TinyTask.CONFIG, manager, 1);
                Clip student = start.copy();
                TaskTrainer trainer = new TaskTrainer(
                        student, start, Methods.GIFT, training, new TinyTask(), new TinyTask.Pairs())) {
            while (trainer.next() < trainer.updates()) {
                trainer.update();
                early = trainer.next() == 50 ? kilobytes() : early;
            }
            System.out.println(early + " " + kilobytes());
        }
    }

    private static long kilobytes() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }
}
