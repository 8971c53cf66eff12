package gift.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import gift.diffusion.schedulers.NoiseSchedule;
import gift.diffusion.schedulers.Scheduler;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.diffusion.schedulers.SchedulerKind;
import gift.io.Json;
import gift.io.SafeTensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/** Schedulers: alpha_bar, noising, and for each rule and number of steps the timesteps and every latent on the way. */
final class SchedulerParity {
    private static final double VALUES = 1e-5;

    private SchedulerParity() {}

    static void run(Path folder, NDManager manager, Consumer<ParityCase> report) {
        String name = "diffusion/schedulers";
        JsonNode cases = Json.tree(folder.resolve("manifest.json")).get("cases");
        try (SafeTensors io = SafeTensors.open(folder.resolve("io.safetensors"))) {
            noising(name, manager, io, report);
            cases.properties().forEach(one -> trajectory(name + "/" + one.getKey(), one.getKey(), one.getValue(),
                    manager, io, report));
        }
    }

    private static void noising(String name, NDManager manager, SafeTensors io, Consumer<ParityCase> report) {
        NoiseSchedule schedule = SchedulerConfig.STABLE_DIFFUSION.noiseSchedule();
        float[] alphaBar = new float[schedule.length()];
        for (int t = 0; t < alphaBar.length; t++) {
            alphaBar[t] = (float) schedule.alphaBar(t);
        }
        report.accept(new ParityCase(name + "/alphas_cumprod", Errors.relative(alphaBar, io.floats("alphas_cumprod")),
                VALUES, ""));
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray noised = schedule.addNoise(array(io, "add_noise/x", manager), array(io, "add_noise/noise", manager),
                    Arrays.stream(io.longs("add_noise/timesteps")).mapToInt(Math::toIntExact).toArray());
            report.accept(new ParityCase(name + "/add_noise",
                    Errors.relative(noised.toFloatArray(), io.floats("add_noise/out")), VALUES, ""));
        }
    }

    /** At call i the "model" answers 0.7 x + 0.1 sin(i + 1). The error is that of the worst call. */
    private static void trajectory(String name, String key, JsonNode expected, NDManager manager, SafeTensors io,
            Consumer<ParityCase> report) {
        SchedulerKind kind = SchedulerKind.of(expected.get("scheduler").asText());
        int steps = Integer.parseInt(key.substring(key.indexOf('/') + 1));
        SchedulerConfig config = SchedulerConfig.of(name, expected.get("config"));
        float[] reference = io.floats(key + "/trajectory");
        double worst = 0;
        try (Scheduler scheduler = config.create(kind, steps, steps, 0); NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            int[] timesteps = scheduler.timesteps();
            int[] theirs = new int[expected.get("timesteps").size()];
            Arrays.setAll(theirs, i -> expected.get("timesteps").get(i).asInt());
            report.accept(new ParityCase(name + "/timesteps", Arrays.equals(timesteps, theirs) ? 0 : 1, 0, ""));
            NDArray x = array(io, "initial", manager);
            int size = Math.toIntExact(x.size());
            for (int i = 0; i < Math.min(timesteps.length, theirs.length); i++) {
                x = scheduler.step(x.mul(0.7).add(0.1 * Math.sin(i + 1)), i, x, () -> {
                    throw new IllegalStateException("no noise in this rule");
                });
                double error = Errors.relative(x.toFloatArray(), Arrays.copyOfRange(reference, i * size, (i + 1) * size));
                worst = error <= worst ? worst : error;
            }
        }
        report.accept(new ParityCase(name + "/trajectory", worst, VALUES, "worst of " + expected.get("calls") + " calls"));
    }

    static NDArray array(SafeTensors io, String name, NDManager manager) {
        return manager.create(io.floats(name), new Shape(io.entry(name).shape()));
    }
}
