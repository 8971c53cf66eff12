package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.Tokenizer;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Problems;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
import gift.tensor.Transfers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The parts of Stable Diffusion from a folder in the layout of diffusers: denoiser, autoencoder, text encoder,
 * tokenizer and what the model says about its noise. The safety checker is left out.
 */
public final class StableDiffusion implements AutoCloseable {
    /** The folder of each part and its class in diffusers; null where any class will do. */
    private static final Map<String, String> PARTS = parts();
    private static final Map<String, String> WEIGHTS =
            Map.of("unet", UNet.WEIGHTS, "vae", UNet.WEIGHTS, "text_encoder", TextEncoder.WEIGHTS);
    private static final String SCHEDULER = "scheduler";
    private static final String SCHEDULER_CONFIG = "scheduler_config.json";

    private final UNet unet;
    private final Autoencoder autoencoder;
    private final TextEncoder textEncoder;
    private final Tokenizer tokenizer;
    private final SchedulerConfig scheduler;
    private final TextStates states;

    public StableDiffusion(
            UNet unet, Autoencoder autoencoder, TextEncoder textEncoder, Tokenizer tokenizer, SchedulerConfig scheduler) {
        this.unet = unet;
        this.autoencoder = autoencoder;
        this.textEncoder = textEncoder;
        this.tokenizer = tokenizer;
        this.scheduler = scheduler;
        this.states = new TextStates(textEncoder, tokenizer, textEncoder.config().maxPositionEmbeddings());
    }

    private static Map<String, String> parts() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("unet", "UNet2DConditionModel");
        parts.put("vae", "AutoencoderKL");
        parts.put("text_encoder", "CLIPTextModel");
        parts.put("tokenizer", "CLIPTokenizer");
        parts.put(SCHEDULER, null);
        return parts;
    }

    /**
     * Reads a model to draw with. Once it has drawn, it is not saved ({@link gift.tensor.Parameters#forInference}).
     *
     * @param folder in the layout of diffusers; or a {@link SingleFile} with the vocabulary beside it
     * @param parent on whose device it computes; the caller closes the model
     * @throws InputException naming what is missing, damaged or of another kind
     */
    public static StableDiffusion load(Path folder, NDManager parent) {
        return load(folder, parent, Precision.FP32);
    }

    /** {@link #load(Path, NDManager)} to compute in a precision; latents and the steps of a scheduler stay fp32. */
    public static StableDiffusion load(Path folder, NDManager parent, Precision precision) {
        StableDiffusion model = Files.isRegularFile(folder) ? SingleFile.load(folder, parent, precision)
                : loadParts(folder, parent, precision);
        model.unet.parameters().forInference();
        model.autoencoder.parameters().forInference();
        return model;
    }

    private static StableDiffusion loadParts(Path folder, NDManager parent, Precision precision) {
        requireParts(folder);
        SchedulerConfig scheduler = schedulerOf(folder);
        Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer"));
        List<AutoCloseable> open = new ArrayList<>();
        try {
            TextEncoder textEncoder = TextEncoder.load(folder.resolve("text_encoder"), parent, precision);
            open.add(textEncoder);
            Autoencoder autoencoder = Autoencoder.load(folder.resolve("vae"), parent, precision);
            open.add(autoencoder);
            UNet unet = UNet.load(folder.resolve("unet"), parent, precision);
            open.add(unet);
            requireFit(folder, unet.config(), autoencoder.config(), textEncoder.config(), tokenizer);
            return new StableDiffusion(unet, autoencoder, textEncoder, tokenizer, scheduler);
        } catch (RuntimeException e) {
            open.forEach(StableDiffusion::closeQuietly);
            throw e;
        }
    }

    private static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception ignored) {
            // the failure that led here is the one to report
        }
    }

    /** What the model of a folder or file says about its noise; nothing else is read. */
    public static SchedulerConfig schedulerOf(Path model) {
        return Files.isRegularFile(model) ? SchedulerConfig.STABLE_DIFFUSION
                : SchedulerConfig.read(model.resolve(SCHEDULER).resolve(SCHEDULER_CONFIG));
    }

    /**
     * @throws InputException if the folder does not have the parts of a Stable Diffusion, whose weights are not looked at; or
     *     a file is no {@link SingleFile} that can be read
     */
    public static void requireParts(Path folder) {
        if (Files.isRegularFile(folder)) {
            SingleFile.check(folder);
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new InputException("no Stable Diffusion at " + folder
                    + ": it is a folder with model_index.json, unet, vae, text_encoder, tokenizer and scheduler, or a single file");
        }
        Path index = folder.resolve("model_index.json");
        JsonNode tree = Json.pythonTree(index);
        PARTS.forEach((part, expected) -> {
            String found = tree.path(part).path(1).asText("nothing");
            if (!tree.path(part).isArray() || expected != null && !found.replace("TokenizerFast", "Tokenizer").equals(expected)) {
                throw new InputException(index + ": " + part + " is " + found + ", not "
                        + (expected == null ? "named" : expected));
            }
            if (!Files.isDirectory(folder.resolve(part))) {
                throw new InputException("no folder " + folder.resolve(part) + ", which " + index + " names");
            }
        });
    }

    /**
     * What keeps {@link #load} from reading a folder, one line each; empty if nothing does. Reads settings, names and
     * shapes, but no weights.
     */
    public static List<String> problems(Path folder) {
        Problems problems = new Problems();
        try {
            requireParts(folder);
        } catch (InputException e) {
            return List.of(e.getMessage());
        }
        if (Files.isRegularFile(folder)) {
            return problems.lines();
        }
        problems.attempt(() -> schedulerOf(folder));
        Tokenizer tokenizer = problems.attempt(() -> Tokenizer.load(folder.resolve("tokenizer")));
        TextEncoderConfig text = problems.attempt(() -> {
            TextEncoderConfig config = TextEncoderConfig.read(folder.resolve("text_encoder").resolve(ModelFolder.CONFIG));
            ModelFolder.check(folder.resolve("text_encoder"), TextEncoder.WEIGHTS, config.shapes(), TextEncoder::known);
            return config;
        });
        AutoencoderConfig vae = problems.attempt(() -> {
            AutoencoderConfig config = AutoencoderConfig.read(folder.resolve("vae").resolve(ModelFolder.CONFIG));
            ModelFolder.check(folder.resolve("vae"), UNet.WEIGHTS, config.shapes(), Autoencoder::newerName);
            return config;
        });
        UNetConfig unet = problems.attempt(() -> {
            UNetConfig config = UNetConfig.read(folder.resolve("unet").resolve(ModelFolder.CONFIG));
            ModelFolder.check(folder.resolve("unet"), UNet.WEIGHTS, config.shapes(), name -> name);
            return config;
        });
        if (problems.none()) {
            problems.attempt(() -> requireFit(folder, unet, vae, text, tokenizer));
        }
        return problems.lines();
    }

    static void requireFit(Path folder, UNetConfig unet, AutoencoderConfig autoencoder,
            TextEncoderConfig textEncoder, Tokenizer tokenizer) {
        int width = textEncoder.hiddenSize();
        int expected = unet.crossAttentionDim();
        if (width != expected) {
            throw new InputException(folder + ": the text encoder gives " + width + " values a token, the unet expects " + expected);
        }
        if (autoencoder.latentChannels() != unet.inChannels() || unet.inChannels() != unet.outChannels()) {
            throw new InputException(folder + ": latents have " + autoencoder.latentChannels()
                    + " channels in the vae; the unet takes " + unet.inChannels() + " and gives " + unet.outChannels());
        }
        if (tokenizer.vocabularySize() > textEncoder.vocabSize()) {
            throw new InputException(folder + ": the tokenizer has " + tokenizer.vocabularySize()
                    + " tokens, the text encoder knows " + textEncoder.vocabSize());
        }
    }

    /**
     * SHA-256 over the settings and weights of all parts, by which a generated image names its model. Reads once
     * every file that {@link #load} reads, and no other weights that lie beside them.
     *
     * @throws InputException if the folder is no Stable Diffusion
     */
    public static String hash(Path folder) {
        requireParts(folder);
        if (Files.isRegularFile(folder)) {
            String both = Hashes.sha256(folder) + " tokenizer " + SingleFile.tokenizerBeside(folder).sha256();
            return Hashes.sha256(both.getBytes(StandardCharsets.UTF_8));
        }
        StringBuilder listing = new StringBuilder();
        for (String part : PARTS.keySet()) {
            List<Path> weights = WEIGHTS.containsKey(part)
                    ? ModelFolder.weightFiles(folder.resolve(part), WEIGHTS.get(part)) : List.of();
            try (Stream<Path> files = Files.list(folder.resolve(part))) {
                files.filter(file -> weights.contains(file) || file.toString().matches(".*\\.(json|txt|gz)")).sorted()
                        .forEach(file -> listing.append(part).append('/').append(file.getFileName()).append(' ')
                                .append(Hashes.sha256(file)).append('\n'));
            } catch (IOException e) {
                throw new InputException("cannot read " + folder.resolve(part) + ": " + AtomicFiles.reason(e), e);
            }
        }
        return Hashes.sha256(listing.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The files of weights that {@link #load} reads, of a folder with all its parts or of a single file. */
    public static List<Path> weightFiles(Path model) {
        return Files.isRegularFile(model) ? List.of(model) : PARTS.keySet().stream().filter(WEIGHTS::containsKey)
                .flatMap(part -> ModelFolder.weightFiles(model.resolve(part), WEIGHTS.get(part)).stream()).toList();
    }

    public UNet unet() {
        return unet;
    }

    public Autoencoder autoencoder() {
        return autoencoder;
    }

    public TextEncoder textEncoder() {
        return textEncoder;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** What the model says about its noise. */
    public SchedulerConfig scheduler() {
        return scheduler;
    }

    /** The manager on whose device the model computes. */
    public NDManager manager() {
        return unet.manager();
    }

    /** Between images and latents. */
    public LatentImages images() {
        return new LatentImages(autoencoder);
    }

    /** The states of prompts, (N, S, D); each distinct prompt is encoded once. */
    NDArray textStates(List<String> prompts) {
        return states.of(prompts);
    }

    TextStates states() {
        return states;
    }

    /**
     * The shape of one image's latent, (C, h, w).
     *
     * @throws InputException if the model makes no images of that size
     */
    Shape latentShape(int width, int height) {
        int factor = autoencoder.config().factor();
        if (width % factor != 0 || height % factor != 0) {
            throw new InputException("size " + width + " x " + height + " must be multiples of " + factor + " for this model");
        }
        return new Shape(unet.config().inChannels(), height / factor, width / factor);
    }

    /**
     * Standard normal latents, a row for each seed, that depend on that seed alone.
     *
     * @param purpose tells apart the draws of one seed
     * @return (seeds, C, h, w)
     */
    NDArray noise(long[] seeds, Shape one, String purpose, long... counters) {
        int size = Math.toIntExact(one.size());
        float[] values = new float[seeds.length * size];
        for (int i = 0; i < seeds.length; i++) {
            System.arraycopy(RandomStream.of(seeds[i], purpose, counters).normals(size, 1), 0, values, i * size, size);
        }
        return Transfers.write(manager(), values, new Shape(seeds.length).addAll(one));
    }

    /** The latents from which {@link TextToImage} starts: standard normal, (seeds, C, h, w). */
    public NDArray startLatents(long[] seeds, int width, int height) {
        return noise(seeds, latentShape(width, height), "latents");
    }

    /**
     * Writes what {@link #load} reads, but for the vocabulary in the folder {@code tokenizer}, which is the business of
     * whoever has learnt it ({@link gift.clip.BytePairLearner#write}).
     */
    public void save(Path folder) {
        unet.save(folder.resolve("unet"));
        autoencoder.save(folder.resolve("vae"));
        textEncoder.save(folder.resolve("text_encoder"));
        AtomicFiles.writeString(folder.resolve(SCHEDULER).resolve(SCHEDULER_CONFIG), scheduler.json());
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("_class_name", "StableDiffusionPipeline");
        PARTS.forEach((part, className) -> index.put(part, List.of(
                part.startsWith("t") ? "transformers" : "diffusers",
                className == null ? scheduler.className() : className)));
        AtomicFiles.writeString(folder.resolve("model_index.json"), Json.write(index));
    }

    @Override
    public void close() {
        states.close();
        unet.close();
        autoencoder.close();
        textEncoder.close();
    }
}
