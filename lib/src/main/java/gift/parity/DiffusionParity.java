package gift.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.diffusion.Autoencoder;
import gift.diffusion.TextEncoder;
import gift.diffusion.UNet;
import gift.io.SafeTensors;
import gift.tensor.Scopes;
import gift.tensor.TensorFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Stable Diffusion: single calls of the models, then the schedulers and the pipelines. */
final class DiffusionParity {
    private static final double VALUES = 1e-5;

    private DiffusionParity() {}

    /** Runs what is present of unet, vae, text_encoder, schedulers and pipeline. */
    static void run(Path folder, NDManager manager, Consumer<ParityCase> report) {
        if (Files.isDirectory(folder.resolve("unet"))) {
            unet(folder.resolve("unet"), manager, report);
        }
        if (Files.isDirectory(folder.resolve("vae"))) {
            autoencoder(folder.resolve("vae"), manager, report);
        }
        if (Files.isDirectory(folder.resolve("text_encoder"))) {
            textEncoder(folder.resolve("text_encoder"), manager, report);
        }
        if (Files.isDirectory(folder.resolve("schedulers"))) {
            SchedulerParity.run(folder.resolve("schedulers"), manager, report);
        }
        if (Files.isDirectory(folder.resolve("pipeline"))) {
            PipelineParity.run(folder.resolve("pipeline"), manager, report);
        }
    }

    /** A batch of images with different timesteps, and one that is not square. */
    private static void unet(Path folder, NDManager manager, Consumer<ParityCase> report) {
        try (UNet unet = UNet.load(folder, manager);
                SafeTensors io = SafeTensors.open(folder.resolve("io.safetensors"))) {
            Scopes.withoutGradients(() -> {
                NDArray context = read(io, "encoder_hidden_states", unet.manager());            // (3, S, D)
                value("diffusion/unet", unet.forward(read(io, "sample", unet.manager()),
                        read(io, "timesteps", unet.manager()), context), io, "output", report);
                NDArray one = unet.manager().create(new float[] {1});
                value("diffusion/unet/nonsquare", unet.forward(read(io, "nonsquare_sample", unet.manager()),
                        one, context.get("0:1")), io, "nonsquare_output", report);
            });
        }
    }

    private static void autoencoder(Path folder, NDManager manager, Consumer<ParityCase> report) {
        try (Autoencoder autoencoder = Autoencoder.load(folder, manager);
                SafeTensors io = SafeTensors.open(folder.resolve("io.safetensors"))) {
            Scopes.withoutGradients(() -> {
                NDArray images = read(io, "image", autoencoder.manager());                    // (2, 3, H, W)
                int channels = autoencoder.config().latentChannels();
                NDArray logVariance = autoencoder.encode(images).get(":, " + channels + ":");
                value("diffusion/vae/encode/mean", autoencoder.encodeMean(images), io, "posterior_mean", report);
                value("diffusion/vae/encode/deviation", logVariance.clip(-30, 20).mul(0.5).exp(), io, "posterior_std",
                        report);
                value("diffusion/vae/decode", autoencoder.decode(read(io, "latent", autoencoder.manager())), io,
                        "decoded", report);
            });
        }
    }

    private static void textEncoder(Path folder, NDManager manager, Consumer<ParityCase> report) {
        try (TextEncoder encoder = TextEncoder.load(folder, manager);
                SafeTensors io = SafeTensors.open(folder.resolve("io.safetensors"))) {
            long[] shape = io.entry("input_ids").shape();
            long[][] tokens = ClipParity.rows(io.longs("input_ids"), Math.toIntExact(shape[1]));
            Scopes.withoutGradients(() -> value("diffusion/text_encoder", encoder.forward(tokens), io, "last_hidden_state", report));
        }
    }

    private static NDArray read(SafeTensors io, String name, NDManager manager) {
        return TensorFiles.read(io, name, manager);
    }

    private static void value(
            String name, NDArray computed, SafeTensors io, String reference, Consumer<ParityCase> report) {
        report.accept(new ParityCase(name, Errors.relative(computed.toFloatArray(), io.floats(reference)), VALUES, ""));
    }
}
