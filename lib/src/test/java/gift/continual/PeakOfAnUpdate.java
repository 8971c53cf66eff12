package gift.continual;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.nn.Activation;
import gift.tensor.Devices;
import gift.tensor.Precision;
import java.io.IOException;
import java.util.List;

/** Two GIFT updates of a deep model; prints the peak of the resident memory in kB. Arguments: batch, parts, checkpointing. */
final class PeakOfAnUpdate {
    private static final ClipConfig CONFIG = new ClipConfig(
            32, 64, List.of(12), 128, 8, 2, 8, 64, 32, 2, 1, Activation.QUICK_GELU);

    private PeakOfAnUpdate() {}

    public static void main(String[] args) throws IOException {
        int batch = Integer.parseInt(args[0]);
        Training training = new Training(1, batch, batch, 1e-3, 10, 0.2, 0, 0.999, 1000, Training.Shortcuts.ALL,
                Precision.FP32, Integer.parseInt(args[1]), Boolean.parseBoolean(args[2]));
        try (NDManager manager = Devices.newManager(Device.cpu());
                Clip start = Clip.random(CONFIG, manager, 1);
                Clip student = start.copy();
                TaskTrainer trainer = new TaskTrainer(student, start, Methods.GIFT, training,
                        new TinyTask(CONFIG.imageResolution(), batch),
                        new TinyTask.Pairs(CONFIG.imageResolution(), batch))) {
            trainer.update(0);
            trainer.update(1);
        }
        System.out.println(ResidentMemory.kilobytes("VmHWM:"));
    }
}
