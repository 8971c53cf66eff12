package gift.bench;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.train.Environment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What a bench measured, as the file of {@code --json} holds it. {@code environment/peer} writes the same keys, with other
 * ones under {@code environment}.
 *
 * @param bench step, unet, generate or input
 * @param work what was done: two reports are comparable if these texts are equal
 * @param software what did it
 * @param compute fp32, tf32, bf16 or fp16
 * @param allocator of memory: jemalloc, or the system's
 * @param environment machine and versions
 * @param floor null where nothing is compared with it
 * @param timings of its parts
 */
public record BenchReport(String bench, String work, String software, String compute, String allocator, Environment environment,
        Floor floor, List<Timing> timings) {

    static BenchReport of(String bench, String work, String compute, Environment environment, Floor floor, List<Timing> timings) {
        return new BenchReport(bench, work, "gift on libtorch " + environment.pytorch(), compute, allocatorHere(), environment, floor,
                List.copyOf(timings));
    }

    private static String allocatorHere() {
        String preload = System.getenv().getOrDefault("LD_PRELOAD", "");
        return preload.contains("jemalloc") ? "jemalloc"
                : System.getenv().containsKey("MALLOC_MMAP_THRESHOLD_") ? "system, thresholds raised" : "system";
    }

    /** Writes the file, whole or not at all. */
    public void write(Path file) {
        AtomicFiles.writeString(file, Json.write(this));
    }

    /**
     * The timings here over those of another report of the same work, one line each: where both have parts of one name those,
     * else each over each.
     *
     * @param file of the other report
     * @throws InputException if it is no report, or of other work
     */
    public List<String> against(Path file) {
        JsonNode other = Json.tree(file);
        if (!other.path("work").isTextual() || !other.path("timings").isArray()) {
            throw new InputException(file + " is no report of a bench: it has no \"work\" and \"timings\"");
        }
        if (!other.get("work").asText().equals(work)) {
            throw new InputException(file + " is of other work: \"" + other.get("work").asText() + "\", not \"" + work + "\"");
        }
        Set<String> names = timings.stream().map(Timing::name).collect(Collectors.toSet());
        boolean parts = StreamSupport.stream(other.get("timings").spliterator(), false)
                .anyMatch(theirs -> names.contains(theirs.path("name").asText()));
        List<String> lines = new ArrayList<>();
        for (JsonNode theirs : other.get("timings")) {
            for (Timing ours : timings) {
                String name = theirs.path("name").asText();
                if (parts && !name.equals(ours.name())) {
                    continue;
                }
                lines.add(String.format(Locale.ROOT, "%s / %s (%s, %s, %s): time %.3f, processor time %.3f", ours.name(), name,
                        other.path("software").asText(), other.path("compute").asText(), other.path("allocator").asText(),
                        ours.medianMs() / number(file, theirs, "median_ms"),
                        ours.processorMs() / number(file, theirs, "processor_ms")));
            }
        }
        return lines;
    }

    private static double number(Path file, JsonNode timing, String key) {
        if (!timing.path(key).isNumber() || timing.get(key).asDouble() <= 0) {
            throw new InputException(file + ": timings." + key + " must be a number above 0");
        }
        return timing.get(key).asDouble();
    }
}
