package gift.units;

import gift.diffusion.StableDiffusion;
import gift.diffusion.glide.Glide;
import gift.doctor.Doctor;
import gift.doctor.RunNeeds;
import gift.generate.Generation;
import gift.job.JobRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What each unit takes, as the doctor estimates it on this machine: of runs by their method, of batches by their images. */
final class Estimator {
    private static final double ENGINE = 0.7 * (1 << 30); // bytes of a process before any model

    private Estimator() {}

    /** By index; null for a unit of which nothing can be said. */
    static List<RunNeeds> of(Units units) {
        if (units instanceof RunUnits runs) {
            Map<Path, Map<String, RunNeeds>> known = new HashMap<>();
            List<RunNeeds> needs = new ArrayList<>();
            for (JobRun run : runs.runs()) {
                needs.add(known.computeIfAbsent(run.file(), file ->
                        Doctor.needs(file, runs.place().data(), runs.place().device())).get(run.method()));
            }
            return needs;
        }
        if (units instanceof ImageUnits images) {
            Generation generation = images.generation();
            double image = Doctor.imageSeconds(generation, generation.device());
            // decoded images and what the denoiser keeps of a step are small beside the weights; half as much again for both
            long memory = (long) (ENGINE + 1.5 * bytes(generation.model()));
            return IntStream.range(0, units.size()).mapToObj(n -> new RunNeeds(generation.size(n) * image, memory, 0)).toList();
        }
        return Collections.nCopies(units.size(), null);
    }

    private static long bytes(Path model) {
        List<Path> weights = Glide.isIn(model) ? Glide.weightFiles(model) : StableDiffusion.weightFiles(model);
        return weights.stream().mapToLong(file -> file.toFile().length()).sum();
    }
}
