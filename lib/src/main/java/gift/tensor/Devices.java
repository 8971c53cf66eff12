package gift.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.io.InputException;

/**
 * Devices by name: {@code auto} (the first GPU, else the CPU), {@code cpu}, {@code gpu0}, {@code gpu1}, ... The first call
 * starts the engine and checks it ({@link EngineCheck}).
 */
public final class Devices {
    static final String ENGINE = "PyTorch";

    private Devices() {}

    /** How many GPUs the engine can use. */
    public static int gpus() {
        return Gpus.count();
    }

    /**
     * The device of a name.
     *
     * @throws InputException if the name is unknown or the machine has no such device
     */
    public static Device parse(String name) {
        int gpus = gpus();
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
                    + " GPUs (use cpu" + (Gpus.cudaBuild() ? ")"
                    : ", or give it a CUDA build of libtorch by PYTORCH_LIBRARY_PATH)"));
        }
        return Device.gpu(number);
    }

    /**
     * A new manager on the device; arrays made through it live there. The caller closes it.
     *
     * @throws InputException if the engine computes wrongly on this machine
     */
    public static NDManager newManager(Device device) {
        EngineCheck.start();
        return NDManager.newBaseManager(device, ENGINE);
    }
}
