package gift.doctor;

import gift.clip.ClipConfig;
import gift.data.Task;
import gift.diffusion.Sampling;
import gift.generate.Generation;
import gift.io.InputException;
import gift.study.StudyConfig;
import gift.study.StudyMethod;
import gift.tensor.Compute;
import gift.tensor.machine.EngineReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Checks engine, GPU, memory and disk against what the study needs. */
final class MachineCheck {
    private static final String PYTORCH = "2.7.1";
    private static final String BRIDGE = "libdjl_torch.so"; // of DJL, compiled for the PyTorch that it lies in
    private static final String ENGINE = "engine";
    private static final String ARITHMETIC = "arithmetic";
    private static final String HALF = "bf16";
    private static final String MEMORY = "memory";
    private static final String DISK = "disk";
    private static final double BYTES_OF_A_PIXEL = 0.25; // as JPEG of quality 0.95: 0.18 to 0.26 in five data sets

    private final Machine machine;
    private final Findings findings;

    MachineCheck(Machine machine, Findings findings) {
        this.machine = machine;
        this.findings = findings;
    }

    /** Whether the device is a GPU; null if the engine does not load or the device is not there. */
    Boolean engine(String device) {
        Map<String, String> env = machine.environment();
        String library = env.getOrDefault("PYTORCH_LIBRARY_PATH", "");
        String flavour = env.getOrDefault("PYTORCH_FLAVOR", "");
        String version = env.getOrDefault("PYTORCH_VERSION", "");
        boolean ownBridge = !library.isEmpty() && Files.exists(Path.of(library, BRIDGE));
        if (!version.isEmpty() && !version.equals(PYTORCH) && !ownBridge) {
            findings.fault(ENGINE, "PYTORCH_VERSION is " + version + ": another version than " + PYTORCH
                    + " loads, then computes wrongly and crashes", "pip install torch==" + PYTORCH + " and PYTORCH_VERSION=" + PYTORCH);
        }
        if (!library.isEmpty() && flavour.isEmpty()) {
            findings.fault(ENGINE, "PYTORCH_LIBRARY_PATH is set, PYTORCH_FLAVOR is not", "export PYTORCH_FLAVOR=cu128");
        }
        if (!library.isEmpty() && !Files.isDirectory(Path.of(library))) {
            findings.fault(ENGINE, "no folder " + library + ", which PYTORCH_LIBRARY_PATH names",
                    "give it the lib folder of torch " + PYTORCH);
        }
        if (findings.faulty(ENGINE)) {
            return null; // to load the library now could end this process
        }
        Machine.EngineFacts facts;
        try {
            facts = machine.engine().get();
        } catch (InputException e) {
            findings.fault(ENGINE, e.getMessage(), "");
            return null;
        } catch (RuntimeException | UnsatisfiedLinkError e) {
            findings.fault(ENGINE, "PyTorch does not load: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "),
                    "README.md, GPU; or unset PYTORCH_LIBRARY_PATH for the CPU");
            return null;
        }
        if (!facts.version().startsWith(PYTORCH) && ownBridge) {
            findings.warning(ENGINE, "PyTorch is " + facts.version() + " with a " + BRIDGE + " of its own, this library is built for "
                    + PYTORCH, "environment/gift parity DIR tells whether it computes right");
        } else if (!facts.version().startsWith(PYTORCH)) {
            findings.fault(ENGINE, "PyTorch is " + facts.version() + ", this library is built for " + PYTORCH, "README.md, GPU");
        }
        boolean known = device.equals("auto") || device.equals("cpu") || device.matches("gpu\\d{1,3}");
        int number = device.matches("gpu\\d{1,3}") ? Integer.parseInt(device.substring(3)) : 0;
        if (!known || device.startsWith("gpu") && number >= facts.gpus()) {
            findings.fault(ENGINE, known ? "no device " + device + ": the engine sees " + facts.gpus() + " GPUs"
                    : "unknown device '" + device + "'", "auto, cpu or a GPU that is there");
        }
        if (findings.faulty(ENGINE)) {
            return null;
        }
        boolean gpu = !device.equals("cpu") && facts.gpus() > 0;
        if (!gpu && !machine.gpus().isEmpty() && !device.equals("cpu")) {
            unused(facts.cuda(), env);
        }
        findings.sound(ENGINE, "PyTorch " + facts.version() + (flavour.isEmpty() ? "" : " " + flavour) + " on the "
                + (gpu ? "GPU" : "CPU"));
        arithmetic(facts.check());
        return gpu;
    }

    /** Why the engine does not use the GPUs that the driver shows. */
    private void unused(boolean cuda, Map<String, String> env) {
        String what = "the driver shows " + machine.gpus().size() + " GPUs, the engine uses the CPU: ";
        String visible = env.get("CUDA_VISIBLE_DEVICES");
        if (!cuda) {
            findings.warning(ENGINE, what + "its PyTorch is one for CPUs",
                    "README.md, GPU: PYTORCH_LIBRARY_PATH, PYTORCH_VERSION, PYTORCH_FLAVOR");
        } else if (visible != null && (visible.isBlank() || visible.strip().startsWith("-"))) {
            findings.warning(ENGINE, what + "CUDA_VISIBLE_DEVICES is '" + visible + "', which hides them",
                    "unset CUDA_VISIBLE_DEVICES");
        } else {
            findings.warning(ENGINE, what + "PyTorch for CUDA finds none of them",
                    "a newer driver (nvidia-smi names the newest CUDA that it serves), or a PyTorch for an older CUDA");
        }
    }

    /** Whether the engine computes right on this processor, and how it does. */
    private void arithmetic(EngineReport check) {
        String when = String.format(Locale.ROOT, " (%s, %.2f s)", check.cached() ? "checked earlier" : "checked now", check.seconds());
        if (check.wrong().isEmpty()) {
            findings.sound(ARITHMETIC, check.text() + when);
        } else {
            findings.warning(ARITHMETIC, check.text() + when, "nothing; it is slower than on other machines");
        }
    }

    /** Whether training in bf16 pays on the CPU; says nothing of a GPU, where it does. */
    void half(List<StudyMethod> methods) {
        HalfTraining half = machine.half().get();
        boolean wanted = methods.stream().flatMap(m -> m.training().stream()).anyMatch(t -> t.compute() == Compute.BF16);
        boolean slow = methods.stream().flatMap(m -> m.training().stream()).anyMatch(t -> t.compute() == Compute.FP16);
        if (wanted && !half.pays()) {
            findings.warning(HALF, half.text(), "training.compute fp32");
        } else {
            findings.sound(HALF, half.text());
        }
        if (slow) {
            findings.warning("fp16", "training.compute fp16 is for GPUs: CPUs compute it many times slower than fp32",
                    half.pays() ? "training.compute bf16" : "training.compute fp32");
        }
    }

    /** @param gpu null where it is not known */
    void memory(ClipConfig clip, StudyConfig config, List<StudyMethod> methods, List<Task> tasks, int pairs, Boolean gpu) {
        long device = methods.stream().mapToLong(m -> Needs.device(clip, m, tasks)).max().orElse(0);
        memory(clip, device, Needs.heap(clip, tasks, config.testImages(), pairs), gpu);
    }

    /**
     * @param device bytes of all that is computed with
     * @param heap bytes of Java's memory
     * @param gpu null where it is not known
     */
    void memory(ClipConfig clip, long device, long heap, Boolean gpu) {
        boolean onGpu = Boolean.TRUE.equals(gpu) && !machine.gpus().isEmpty();
        if (onGpu && device > machine.gpus().get(0)) {
            findings.fault(MEMORY, "training takes about " + gib(device) + " of the GPU's " + gib(machine.gpus().get(0)),
                    "a smaller batch_size and reference_batch_size");
        }
        if (heap > machine.heap() * 0.9) {
            findings.fault(MEMORY, "images kept in Java's memory take up to " + gib(heap) + ", it may grow to "
                    + gib(machine.heap()), String.format(Locale.ROOT, "export GIFT_JAVA_OPTS=-Xmx%dg", (long) Math.ceil(heap / 0.8 / (1 << 30))));
        }
        long host = heap + Needs.engine() + (onGpu ? Needs.weights(clip) : device);
        if (host > machine.memory()) {
            findings.fault(MEMORY, "the run takes about " + gib(host) + ", the machine has " + gib(machine.memory()),
                    "a smaller batch_size and reference_batch_size, or test_pictures, or another machine");
        }
        if (!findings.faulty(MEMORY)) {
            findings.sound(MEMORY, "about " + gib(host) + " of " + gib(machine.memory())
                    + (onGpu ? ", " + gib(device) + " of the GPU's " + gib(machine.gpus().get(0)) : ""));
        }
    }

    /**
     * @param results folder of all runs
     * @param clip null where it is not known
     * @param unmade plans of which images are missing
     */
    void disk(Path results, ClipConfig clip, StudyConfig config, int tasks, List<StudyMethod> methods, List<Generation> unmade) {
        Map<Path, Long> images = new LinkedHashMap<>();
        unmade.forEach(generation -> images.merge(generation.output(), images(generation.sampling(), generation.left()), Long::sum));
        disk(results, clip == null ? 0 : Needs.disk(clip, config, tasks, methods), images);
    }

    /** Bytes of so many generated images. */
    static long images(Sampling sampling, long count) {
        return (long) (count * BYTES_OF_A_PIXEL * sampling.width() * sampling.height());
    }

    /**
     * @param weights bytes of weights and checkpoints in the folder of all runs
     * @param drawn bytes of generated images, by their folder
     */
    void disk(Path results, long weights, Map<Path, Long> drawn) {
        Map<String, Long> needs = new LinkedHashMap<>();
        Map<String, Long> free = new LinkedHashMap<>();
        take(results, weights, needs, free);
        drawn.forEach((folder, bytes) -> take(folder, bytes, needs, free));
        long images = drawn.values().stream().mapToLong(bytes -> bytes).sum();
        String what = "weights and checkpoints " + gib(weights) + (images == 0 ? "" : ", generated images " + gib(images));
        needs.forEach((store, need) -> {
            if (need > free.get(store)) {
                findings.fault(DISK, store + " has " + gib(free.get(store)) + " free, the study takes about " + gib(need)
                        + " (" + what + ")", "make room, or --results on another disk; \"keep_weights\": \"last\" takes less");
            }
        });
        if (!findings.faulty(DISK)) {
            findings.sound(DISK, what + "; free " + gib(free.values().stream().mapToLong(f -> f).min().orElse(0)));
        }
    }

    private void take(Path path, long bytes, Map<String, Long> needs, Map<String, Long> free) {
        Machine.Disk disk = machine.disk().apply(path);
        if (!disk.writable()) {
            findings.fault(DISK, "cannot write into " + path, "permission, or another folder");
        }
        needs.merge(disk.name(), bytes, Long::sum);
        free.put(disk.name(), disk.free());
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, bytes < 1 << 30 ? "%.2f GiB" : "%.1f GiB", bytes / Math.pow(2, 30));
    }
}
