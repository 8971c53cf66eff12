package gift.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import com.fasterxml.jackson.databind.JsonNode;
import gift.diffusion.Autoencoder;
import gift.diffusion.Denoising;
import gift.diffusion.LatentImages;
import gift.diffusion.UNet;
import gift.diffusion.Watcher;
import gift.diffusion.schedulers.Scheduler;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.diffusion.schedulers.SchedulerKind;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.tensor.Scopes;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** Whole loops with guidance: the last latents and the images. The models are those of the folders beside this one. */
final class PipelineParity {
    private static final double LOOPS = 1e-3;
    private static final Map<String, SchedulerKind> KINDS =
            Map.of("pndm", SchedulerKind.PNDM, "ddim", SchedulerKind.DDIM, "dpmsolver++", SchedulerKind.DPMSOLVER);

    private final UNet unet;
    private final LatentImages images;
    private final SafeTensors io;
    private final double guidance;
    private final NDManager manager;

    private PipelineParity(UNet unet, Autoencoder autoencoder, SafeTensors io, double guidance, NDManager manager) {
        this.unet = unet;
        this.images = new LatentImages(autoencoder);
        this.io = io;
        this.guidance = guidance;
        this.manager = manager;
    }

    static void run(Path folder, NDManager manager, Consumer<ParityCase> report) {
        JsonNode manifest = Json.tree(folder.resolve("manifest.json"));
        try (SafeTensors io = SafeTensors.open(folder.resolve("io.safetensors"));
                UNet unet = UNet.load(folder.resolveSibling("unet"), manager);
                Autoencoder autoencoder = Autoencoder.load(folder.resolveSibling("vae"), manager)) {
            PipelineParity parity =
                    new PipelineParity(unet, autoencoder, io, manifest.get("guidance_scale").asDouble(), manager);
            manifest.get("cases").properties().forEach(one -> {
                try (NDScope scope = new NDScope()) {
                    scope.suppressNotUsedWarning();
                    Scopes.withoutGradients(() -> parity.run("diffusion/pipeline/", one.getKey(), one.getValue(), report));
                }
            });
        }
    }

    private void run(String prefix, String name, JsonNode settings, Consumer<ParityCase> report) {
        boolean guided = settings.has("strength");
        String rule = guided ? settings.get("scheduler").asText() : name.split("/")[1];
        int steps = settings.get("steps").asInt();
        int kept = guided ? (int) (steps * settings.get("strength").asDouble()) : steps;
        try (Scheduler scheduler = SchedulerConfig.STABLE_DIFFUSION.create(KINDS.get(rule), steps, kept, 0)) {
            NDArray start = guided ? noisedGuide(name, scheduler) : array("latents");
            NDArray latents = new Denoising(unet::forward, array("cond"), array("uncond"), guidance).run(scheduler, start,
                    step -> {
                        throw new IllegalStateException("no noise in this rule");
                    }, Watcher.NONE);
            value(prefix + name + "/latents", latents, name + "/latents", report);
            value(prefix + name + "/image", images.values(latents), name + "/image", report);
        }
    }

    /** The guide's latents, noised to the first timestep that is taken. */
    private NDArray noisedGuide(String name, Scheduler scheduler) {
        NDArray clean = images.encode(array(name + "/guide"));
        return scheduler.addNoise(clean, array(name + "/noise"), scheduler.timesteps()[0]);
    }

    private NDArray array(String name) {
        return SchedulerParity.array(io, name, manager);
    }

    private void value(String name, NDArray computed, String reference, Consumer<ParityCase> report) {
        report.accept(new ParityCase(name, Errors.relative(computed.toFloatArray(), io.floats(reference)), LOOPS, ""));
    }
}
