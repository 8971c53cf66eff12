package gift.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import com.fasterxml.jackson.databind.JsonNode;
import gift.diffusion.Watcher;
import gift.diffusion.glide.DiffusionProcess;
import gift.diffusion.glide.RealGuidance;
import gift.diffusion.glide.Reverse;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.tensor.NativeOps;
import gift.tensor.Scopes;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;

/**
 * GLIDE's diffusion process: schedules, one step, and whole loops with guidance, from noise and from a real image, and of the
 * upsampler. A convolution that is told the timestep stands for the networks.
 */
final class GlideParity {
    private static final double DOUBLES = 1e-9;
    private static final double LOOPS = 1e-4;

    private final Path folder;
    private final NDManager manager;
    private final Consumer<ParityCase> report;

    private GlideParity(Path folder, NDManager manager, Consumer<ParityCase> report) {
        this.folder = folder;
        this.manager = manager;
        this.report = report;
    }

    /** The cases of the folder {@code recognition} that are about the generator. */
    static void run(Path folder, NDManager manager, Consumer<ParityCase> report) {
        GlideParity parity = new GlideParity(folder, manager, report);
        JsonNode cases = Json.tree(folder.resolve("manifest.json")).get("cases");
        parity.schedules(cases.get("glide_schedules").get("schedules"));
        parity.realGuidance(cases.get("real_guidance_table").get("by_shots"));
        Scopes.withoutGradients(() -> {
            parity.steps(cases.get("glide_q_sample_and_p"));
            parity.fromRealImage("real_guidance_loop_15", 15);
            parity.fromRealImage("real_guidance_loop_35", 35);
            parity.fromNoise("text_to_image_loop_20");
            parity.upsampler("upsampler_ddim_fast27");
        });
    }

    private static DiffusionProcess process(String schedule, String respacing) {
        return schedule.equals("linear") ? DiffusionProcess.linear(respacing) : DiffusionProcess.cosine(respacing);
    }

    private void schedules(JsonNode schedules) {
        schedules.properties().forEach(entry -> {
            JsonNode one = entry.getValue();
            DiffusionProcess process = process(one.get("schedule").asText(), one.get("respacing").asText());
            JsonNode indices = one.path("indices");   // where not all values are written down
            double worst = 0;
            JsonNode map = one.get("timestep_map");   // an array, or "identity"
            int wrong = process.length() == (map.isArray() ? map.size() : DiffusionProcess.LENGTH) ? 0 : 1;
            for (int t = 0; t < process.length() && wrong == 0; t++) {
                wrong += process.original(t) == (map.isArray() ? map.get(t).asInt() : t) ? 0 : 1;
            }
            worst = Math.max(worst, error(one.get("betas"), indices, process::beta));
            worst = Math.max(worst, error(one.get("alphas_cumprod"), indices, process::alphaBar));
            if (one.has("posterior_variance")) {
                worst = Math.max(worst, error(one.get("posterior_variance"), indices, process::posteriorVariance));
                worst = Math.max(worst,
                        error(one.get("posterior_log_variance_clipped"), indices, process::posteriorLogVariance));
                worst = Math.max(worst, error(one.get("posterior_mean_coef1"), indices, process::weightOfClean));
                worst = Math.max(worst, error(one.get("posterior_mean_coef2"), indices, process::weightOfSample));
            }
            report.accept(new ParityCase("recognition/glide_schedules/" + entry.getKey() + "/timesteps", wrong, 0, ""));
            report.accept(new ParityCase("recognition/glide_schedules/" + entry.getKey(), worst, DOUBLES, "relative, of each value"));
        });
    }

    private static double error(JsonNode expected, JsonNode indices, IntToDoubleFunction computed) {
        double worst = 0;
        for (int i = 0; i < expected.size(); i++) {
            double reference = expected.get(i).asDouble();
            double difference = Math.abs(computed.applyAsDouble(indices.isArray() ? indices.get(i).asInt() : i) - reference);
            worst = Math.max(worst, reference == 0 ? difference : difference / Math.abs(reference));
        }
        return worst;
    }

    private void realGuidance(JsonNode byShots) {
        DiffusionProcess process = DiffusionProcess.cosine(Integer.toString(RealGuidance.STEPS));
        int[] wrong = {0};
        double[] worst = {0};
        byShots.properties().forEach(entry -> {
            JsonNode one = entry.getValue();
            int steps = RealGuidance.steps(Integer.parseInt(entry.getKey()));
            int t = steps - 1;
            wrong[0] += steps == one.get("refer_img_iters").asInt() && t == one.get("respaced_index_of_noising").asInt()
                    && process.original(t) == one.get("original_timestep").asInt() ? 0 : 1;
            double reference = one.get("alpha_bar").asDouble();
            worst[0] = Math.max(worst[0], Math.abs(process.alphaBar(t) - reference) / reference);
        });
        report.accept(new ParityCase("recognition/real_guidance_table/steps", wrong[0], 0, "wrong of " + byShots.size()));
        report.accept(new ParityCase("recognition/real_guidance_table/alpha_bar", worst[0], DOUBLES, ""));
    }

    /** What stands for the networks, with its weights from a case. */
    private record Stand(NDArray kernel, NDArray bias, NDArray ofText, NDArray ofTime) {
        static Stand of(SafeTensors file, NDManager manager) {
            return new Stand(TensorFiles.read(file, "model.kernel", manager), TensorFiles.read(file, "model.bias", manager),
                    TensorFiles.read(file, "model.cvec", manager).reshape(1, -1, 1, 1),
                    TensorFiles.read(file, "model.tvec", manager).reshape(1, -1, 1, 1));
        }

        /** (B, 6, h, w): a noise, then the variance within its bounds. */
        NDArray answer(NDArray x, int timestep, boolean text) {
            NDArray h = NativeOps.conv2d(x, kernel, bias, 1, 1).add(ofTime.mul((float) timestep).div(DiffusionProcess.LENGTH));
            NDList halves = (text ? h.add(ofText) : h).split(2, 1);
            return NDArrays.concat(new NDList(halves.get(0), halves.get(1).tanh()), 1);
        }

        NDArray guided(NDArray x, int timestep, double scale) {
            return Reverse.guided(answer(x, timestep, true), answer(x, timestep, false), scale);
        }
    }

    private SafeTensors open(String name) {
        return SafeTensors.open(folder.resolve(name + ".safetensors"));
    }

    private void value(String name, NDArray computed, SafeTensors file, String tensor) {
        value(name, computed, file.floats(tensor));
    }

    private void value(String name, NDArray computed, float[] reference) {
        report.accept(new ParityCase("recognition/" + name, Errors.relative(computed.toFloatArray(), reference), LOOPS, ""));
    }

    private void steps(JsonNode settings) {
        DiffusionProcess process = process(settings.get("schedule").asText(), settings.get("respacing").asText());
        try (SafeTensors file = open("glide_q_sample_and_p")) {
            Stand model = Stand.of(file, manager);
            NDList noised = new NDList();
            settings.get("q_timesteps").forEach(t -> noised.add(process.noised(TensorFiles.read(file, "x0", manager), t.asInt(),
                    TensorFiles.read(file, "noise", manager))));
            value("glide_q_sample_and_p/q", NDArrays.stack(noised), file, "q");
            NDArray x = noised.get(0);
            for (int t : new int[] {0, 1, 14, 49, 99}) {
                String name = "p." + t + ".";
                DiffusionProcess.Predicted p = process.predicted(model.answer(x, process.original(t), false), x, t);
                value("glide_q_sample_and_p/" + name + "mean", p.mean(), file, name + "mean");
                value("glide_q_sample_and_p/" + name + "variance", p.logVariance().exp(), file, name + "variance");
                value("glide_q_sample_and_p/" + name + "log_variance", p.logVariance(), file, name + "log_variance");
                value("glide_q_sample_and_p/" + name + "pred_xstart", p.clean(), file, name + "pred_xstart");
            }
        }
    }

    /** The first half of the rows: the others are those of the empty prompt, which nothing depends on. */
    private static NDArray half(NDArray rows) {
        return rows.get(new NDIndex(":" + rows.getShape().get(0) / 2));
    }

    private void fromRealImage(String name, int steps) {
        DiffusionProcess process = DiffusionProcess.cosine("100");
        try (SafeTensors file = open(name)) {
            Stand model = Stand.of(file, manager);
            NDArray noise = TensorFiles.read(file, "noise", manager);                   // (1 + steps, 2 B, 3, h, w)
            NDArray first = half(noise.get(0));
            NDArray guide = TensorFiles.read(file, "guide_image", manager).repeat(0, first.getShape().get(0));
            NDArray start = process.noised(guide, steps - 1, first);
            NDArray result = new Reverse(process, (x, t) -> model.guided(x, t, 3)).ancestral(start, steps,
                    t -> half(noise.get(steps - t)), Watcher.NONE);
            value(name, result, file, "result");
        }
    }

    private void fromNoise(String name) {
        DiffusionProcess process = DiffusionProcess.cosine("20");
        try (SafeTensors file = open(name)) {
            Stand model = Stand.of(file, manager);
            NDArray noise = TensorFiles.read(file, "noise", manager);                   // (20, 2 B, 3, h, w)
            NDArray result = new Reverse(process, (x, t) -> model.guided(x, t, 3)).ancestral(
                    half(TensorFiles.read(file, "start", manager)), process.length(),
                    t -> half(noise.get(process.length() - 1 - t)), Watcher.NONE);
            value(name, result, file, "result");
        }
    }

    private void upsampler(String name) {
        try (SafeTensors file = open(name)) {
            Stand model = Stand.of(file, manager);
            NDArray low = TensorFiles.read(file, "low_res", manager);
            value(name + "/low_res", Reverse.rounded(TensorFiles.read(file, "low", manager)), file, "low_res");
            NDArray result = new Reverse(DiffusionProcess.linear("fast27"), (x, t) -> model.answer(x.add(low.mul(0.5f)), t, false))
                    .ddim(TensorFiles.read(file, "start", manager), Watcher.NONE);
            value(name, result, file, "result");
        }
    }
}
