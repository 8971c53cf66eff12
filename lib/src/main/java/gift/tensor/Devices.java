package gift.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import gift.io.InputException;

/** Devices by name: {@code auto} (the first GPU, else the CPU), {@code cpu}, {@code gpu0}, {@code gpu1}, ... */
public final class Devices {
    static final String ENGINE = "PyTorch";

    private Devices() {}

    /**
     * The device of a name.
     *
     * @throws InputException if the name is unknown or the machine has no such device
     */
    public static Device parse(String name) {
        int gpus = Engine.getEngine(ENGINE).getGpuCount();
        if (name.equals("auto")) {
            return gpus > 0 ? Device.gpu(0) : Device.cpu();
        }
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        if (!name.matches("gpu\\d{1,3}")) {
            throw new InputException("unknown device '" + name + "': use auto, cpu, gpu0, gpu1, ...");
        }
        int number = Integer.parseInt(name.substring(3));
        if (number >= gpus) {
            throw new InputException("no device " + name + ": the engine sees " + gpus
                    + " GPUs (use cpu, or give it a CUDA build of libtorch by PYTORCH_LIBRARY_PATH)");
        }
        return Device.gpu(number);
    }

    /** A new manager on the device; arrays made through it live there. The caller closes it. */
    public static NDManager newManager(Device device) {
        return NDManager.newBaseManager(device, ENGINE);
    }
}
