package gift.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import gift.tensor.machine.TorchSwitches;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The GPUs of this machine: how many libtorch can use, and what the driver calls them. */
public final class Gpus {
    private static final int PATIENCE = 10; // seconds for nvidia-smi
    private static final List<String> TF32 = List.of("NVIDIA_TF32_OVERRIDE", TorchSwitches.TF32_VARIABLE);
    private static final Map<Device, String> NAMES = new ConcurrentHashMap<>();
    private static Integer count;

    private Gpus() {}

    /** Whether the libtorch in use is one for CUDA. */
    public static boolean cudaBuild() {
        EngineCheck.start();
        return JniUtils.getFeatures().contains("CUDA");
    }

    /**
     * How many GPUs libtorch can use. It is asked itself: DJL looks for CUDA's runtime in the system's folders, where that of
     * a PyTorch from pip is not, and then counts none.
     */
    static synchronized int count() {
        if (count == null) {
            count = cudaBuild() ? ask() : 0;
        }
        return count;
    }

    private static int ask() {
        try {
            NDList argument = new NDList(TorchScriptModule.MANAGER.create(0L));
            argument.add(TorchScriptModule.MANAGER.create(0L));
            argument.get(1).setName("module_method:devices");
            try (NDArray devices = Scopes.outside(() -> IValueUtils.forward(
                    TorchScriptModule.load("cuda.py"), argument, true).singletonOrThrow())) {
                return Math.toIntExact(devices.size());
            } finally {
                argument.forEach(NDArray::close);
            }
        } catch (EngineException e) {
            return Engine.getEngine(Devices.ENGINE).getGpuCount(); // a libtorch that does not know the question
        }
    }

    /** The driver's name of a GPU; "GPU" where it cannot be asked. */
    public static String name(Device device) {
        return NAMES.computeIfAbsent(device, gpu -> driver("name", gpu).orElse("GPU"));
    }

    /** What nvidia-smi calls the GPU that CUDA numbers {@code number}: CUDA counts those alone that the variable lists. */
    static String place(int number, String visible) {
        String[] listed = visible == null || visible.isBlank() ? new String[0] : visible.split(",");
        return number < listed.length ? listed[number].strip() : Integer.toString(number);
    }

    /** What nvidia-smi answers to a question about a GPU, without units; nothing where it cannot be asked. */
    public static Optional<String> driver(String question, Device device) {
        String place = place(device.getDeviceId(), System.getenv("CUDA_VISIBLE_DEVICES"));
        try {
            Process process = new ProcessBuilder("nvidia-smi", "--query-gpu=" + question, "--format=csv,noheader,nounits", "-i", place)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            boolean answered = process.waitFor(PATIENCE, TimeUnit.SECONDS) && process.exitValue() == 0 && !answer.isEmpty();
            return answered ? Optional.of(answer) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** The variables that switch TF32, "NAME=value" for each that is set; empty where none is. */
    public static String tf32() {
        return tf32(System.getenv());
    }

    static String tf32(Map<String, String> environment) {
        return TF32.stream().filter(environment::containsKey).flatMap(name -> Stream.of(name + "=" + environment.get(name)))
                .collect(Collectors.joining(" "));
    }
}
