package gift.tensor.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What decides how the engine computes on a CPU.
 *
 * @param name as the system gives it
 * @param facts family, model, instruction sets and caches, as the system gives them
 * @param variables of the environment that restrict the instruction sets
 */
public record Processor(String name, List<String> facts, Map<String, String> variables) {
    private static final List<String> FACTS = List.of("vendor_id", "cpu family", "model", "model name", "stepping",
            "cache size", "flags", "Features", "CPU implementer", "CPU part");
    private static final List<String> VARIABLES = List.of("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY",
            "MKL_ENABLE_INSTRUCTIONS", "ONEDNN_DEFAULT_FPMATH_MODE");

    /** That of this machine. */
    public static Processor here() {
        Map<String, String> variables = new TreeMap<>();
        VARIABLES.stream().filter(v -> System.getenv(v) != null).forEach(v -> variables.put(v, System.getenv(v)));
        List<String> facts = factsOfFirstCore();
        String name = modelName(facts).orElse(Objects.requireNonNullElse(System.getenv("PROCESSOR_IDENTIFIER"),
                "this processor (" + System.getProperty("os.arch") + ")"));
        return new Processor(name, facts, variables);
    }

    /** Whether it is one of AMD's, or made by them, of whose AVX-512 oneDNN makes use. */
    public boolean isAmdWithAvx512() {
        return facts.stream().anyMatch(line -> line.matches("vendor_id\\s*: AuthenticAMD")) && hasAvx512();
    }

    /** Whether oneDNN makes use of AVX-512. */
    public boolean hasAvx512() {
        return has("avx512f", "avx512bw", "avx512dq", "avx512vl");
    }

    /** Whether oneDNN makes use of AVX2. */
    public boolean hasAvx2() {
        return has("avx2", "fma");
    }

    private boolean has(String... sets) {
        boolean restricted = variables.containsKey("ONEDNN_MAX_CPU_ISA") || variables.containsKey("DNNL_MAX_CPU_ISA");
        return !restricted && facts.stream().filter(line -> line.startsWith("flags"))
                .anyMatch(line -> List.of(line.split("\\s+")).containsAll(List.of(sets)));
    }

    /** The model as Linux names it; nothing on other systems. */
    public static Optional<String> modelName() {
        return modelName(factsOfFirstCore());
    }

    private static Optional<String> modelName(List<String> facts) {
        return facts.stream().filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst();
    }

    /** The lines about the first core, on Linux; elsewhere none. */
    private static List<String> factsOfFirstCore() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().takeWhile(line -> !line.isBlank())
                    .filter(line -> FACTS.contains(line.replaceAll("\\s*:.*", ""))).toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
