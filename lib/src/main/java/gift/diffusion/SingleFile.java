package gift.diffusion;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.Tokenizer;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.io.InputException;
import gift.io.TensorFile;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Stable Diffusion 1 in one file under the names of its original code (CompVis), {@code .safetensors} or {@code .ckpt}:
 * denoiser, autoencoder and text encoder, without tokenizer and settings. Sizes are read from the shapes; what
 * shapes do not tell (heads, groups, scaling factor, noise schedule) is that of Stable Diffusion v1.5.
 */
public final class SingleFile implements AutoCloseable {
    private static final int HEADS = 8;             // of the denoiser at every resolution
    private static final int GROUPS = 32;
    private static final int HEAD_WIDTH = 64;       // of the text encoder
    private static final int LATENT_SIDE = 64;
    private static final double SCALING = 0.18215;
    private static final String OPEN_CLIP = "cond_stage_model.model.";

    /** One part of the model: its tensors under diffusers' names. */
    private record Part(Map<String, Shape> shapes, Map<String, String> origins) {}

    private final Path file;
    private final TensorFile tensors;
    private final Map<String, Shape> all;

    private SingleFile(Path file, TensorFile tensors) {
        this.file = file;
        this.tensors = tensors;
        this.all = TensorFiles.shapes(tensors);
    }

    /**
     * Opens a checkpoint.
     *
     * @throws InputException if it is damaged or no Stable Diffusion 1 under its original names
     */
    public static SingleFile open(Path file) {
        SingleFile checkpoint = new SingleFile(file, TensorFile.open(file));
        try {
            checkpoint.requireParts();
            return checkpoint;
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    private void requireParts() {
        if (has(OPEN_CLIP) || all.keySet().stream().anyMatch(name -> name.startsWith("conditioner."))) {
            throw new InputException(file + " is a later Stable Diffusion than 1: such a one is read as a folder in the layout of"
                    + " diffusers, not from a single file");
        }
        for (String prefix : List.of(OriginalNames.UNET, OriginalNames.AUTOENCODER, OriginalNames.TEXT)) {
            if (!has(prefix)) {
                throw new InputException(file + " is no single-file Stable Diffusion: no tensor's name begins with '" + prefix
                        + "'");
            }
        }
    }

    private boolean has(String prefix) {
        return all.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    /**
     * Writes the model of a file as a folder in the layout of diffusers, in single precision.
     *
     * @param manager on whose device the tensors travel
     * @throws InputException if the file cannot be used, or the tokenizer does not fit it
     */
    public static void toFolder(Path file, Tokenizer tokenizer, Path folder, NDManager manager) {
        try (SingleFile checkpoint = open(file);
                StableDiffusion model = checkpoint.load(tokenizer, manager, Precision.FP32)) {
            model.save(folder);
            tokenizer.save(folder.resolve("tokenizer"), model.textEncoder().config().maxPositionEmbeddings());
        }
    }

    /** The model of a file with the vocabulary beside it; throws as {@link #open} and {@link #tokenizerBeside}. */
    static StableDiffusion load(Path file, NDManager parent, Precision precision) {
        try (SingleFile checkpoint = open(file)) {
            return checkpoint.load(tokenizerBeside(file), parent, precision);
        }
    }

    /** Throws what {@link #load(Path, NDManager, Precision)} throws, but reads no values. */
    static void check(Path file) {
        try (SingleFile checkpoint = open(file)) {
            checkpoint.parts(tokenizerBeside(file));
        }
    }

    /**
     * The tokenizer whose vocabulary lies beside a file, or there in a folder {@code tokenizer}.
     *
     * @throws InputException if there is none
     */
    static Tokenizer tokenizerBeside(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        for (Path place : List.of(folder, folder.resolve("tokenizer"))) {
            if (Tokenizer.isIn(place)) {
                return Tokenizer.load(place);
            }
        }
        throw new InputException("a Stable Diffusion needs a tokenizer, and no vocabulary lies beside " + file
                + ": put one there (gift data get CLIP-vocabulary)");
    }

    /** The tensors of the three parts, with their settings. */
    private record Parts(UNetConfig unetConfig, AutoencoderConfig autoencoderConfig, TextEncoderConfig textConfig,
            Part unet, Part autoencoder, Part text) {}

    private Parts parts(Tokenizer tokenizer) {
        UNetConfig unet = unetConfig();
        AutoencoderConfig autoencoder = autoencoderConfig();
        TextEncoderConfig text = textEncoderConfig();
        StableDiffusion.requireFit(file, unet, autoencoder, text, tokenizer);
        return new Parts(unet, autoencoder, text,
                part(OriginalNames.UNET, unet.shapes(), name -> OriginalNames.unet(name, unet.layersPerBlock())),
                part(OriginalNames.AUTOENCODER, autoencoder.shapes(), this::autoencoderName),
                part(OriginalNames.TEXT, text.shapes(), TextEncoder::known));
    }

    /**
     * Reads the model.
     *
     * @param parent on whose device it computes; the caller closes the model
     * @throws InputException listing missing, unexpected and misshapen tensors
     */
    public StableDiffusion load(Tokenizer tokenizer, NDManager parent, Precision precision) {
        Parts parts = parts(tokenizer);
        return new StableDiffusion(new UNet(parts.unetConfig, load(parts.unet, parent, precision)),
                new Autoencoder(parts.autoencoderConfig, load(parts.autoencoder, parent, precision)),
                new TextEncoder(parts.textConfig, load(parts.text, parent, precision)), tokenizer, SchedulerConfig.STABLE_DIFFUSION);
    }

    private String autoencoderName(String name) {
        return name.startsWith("loss.") || name.startsWith("model_ema.") ? null
                : OriginalNames.autoencoder(name, autoencoderBlocks());
    }

    /** The tensors of a part; a 1 x 1 convolution where the model has a linear layer is taken as that. */
    private Part part(String prefix, Map<String, Shape> expected, UnaryOperator<String> rename) {
        Part part = new Part(new LinkedHashMap<>(), new LinkedHashMap<>());
        all.forEach((theirs, shape) -> {
            String ours = theirs.startsWith(prefix) ? rename.apply(theirs.substring(prefix.length())) : null;
            if (ours == null) {
                return;
            }
            Shape wanted = expected.get(ours);
            boolean linear = wanted != null && wanted.dimension() == 2 && shape.dimension() == 4
                    && shape.get(2) == 1 && shape.get(3) == 1;
            part.shapes.put(ours, linear ? new Shape(shape.get(0), shape.get(1)) : shape);
            part.origins.put(ours, theirs);
        });
        Parameters.requireShapes(file + " (" + prefix + ")", expected, part.shapes);
        return part;
    }

    private Parameters load(Part part, NDManager parent, Precision precision) {
        return Parameters.create(parent, part.shapes, (name, shape) -> tensors.floats(part.origins.get(name)), precision);
    }

    /** Sizes of the denoiser. */
    UNetConfig unetConfig() {
        int inputs = count(OriginalNames.UNET + "input_blocks.%d.");
        int layers = IntStream.range(1, inputs)
                .filter(k -> all.containsKey(OriginalNames.UNET + "input_blocks." + k + ".0.op.weight"))
                .findFirst().orElse(inputs) - 1;
        if (layers < 1) {
            throw notRead("input_blocks of the denoiser");
        }
        int blocks = inputs / (layers + 1);
        List<Integer> channels = new ArrayList<>();
        List<String> down = new ArrayList<>();
        List<String> up = new ArrayList<>();
        int context = 0;
        for (int i = 0; i < blocks; i++) {
            String first = OriginalNames.UNET + "input_blocks." + (1 + i * (layers + 1));
            channels.add(dim(first + ".0.out_layers.3.weight", 0));
            Shape key = all.get(first + ".1.transformer_blocks.0.attn2.to_k.weight");
            down.add(key == null ? "DownBlock2D" : "CrossAttnDownBlock2D");
            up.add(0, key == null ? "UpBlock2D" : "CrossAttnUpBlock2D");
            context = key == null ? context : (int) key.get(1);
        }
        if (context == 0) {
            throw notRead("attention of the denoiser");
        }
        int deep = count(OriginalNames.UNET + "middle_block.1.transformer_blocks.%d.");
        boolean linear = all.getOrDefault(name("middle_block.1.proj_in.weight"), new Shape()).dimension() == 2;
        return new UNetConfig(LATENT_SIDE, dim(name("input_blocks.0.0.weight"), 1), dim(name("out.2.weight"), 0), true, 0,
                down, up, channels, layers, 1, GROUPS, 1e-5, context, deep, List.of(HEADS), linear, null, 3, 3);
    }

    private static String name(String inUnet) {
        return OriginalNames.UNET + inUnet;
    }

    /** Sizes of the autoencoder. */
    AutoencoderConfig autoencoderConfig() {
        int blocks = autoencoderBlocks();
        String encoder = OriginalNames.AUTOENCODER + "encoder.";
        String decoder = OriginalNames.AUTOENCODER + "decoder.";
        List<Integer> channels = IntStream.range(0, blocks)
                .mapToObj(i -> dim(encoder + "down." + i + ".block.0.conv1.weight", 0)).toList();
        return new AutoencoderConfig(dim(encoder + "conv_in.weight", 1), dim(decoder + "conv_out.weight", 0),
                channels.stream().map(c -> "DownEncoderBlock2D").toList(), channels.stream().map(c -> "UpDecoderBlock2D").toList(),
                channels, count(encoder + "down.0.block.%d."), dim(OriginalNames.AUTOENCODER + "post_quant_conv.weight", 0),
                GROUPS, LATENT_SIDE << blocks - 1, SCALING);
    }

    private int autoencoderBlocks() {
        return count(OriginalNames.AUTOENCODER + "encoder.down.%d.");
    }

    /** Sizes of the text encoder. */
    TextEncoderConfig textEncoderConfig() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        all.forEach((theirs, shape) -> {
            String ours = theirs.startsWith(OriginalNames.TEXT)
                    ? TextEncoder.known(theirs.substring(OriginalNames.TEXT.length())) : null;
            if (ours != null) {
                shapes.put(ours, shape);
            }
        });
        Shape tokens = shapes.get("text_model.embeddings.token_embedding.weight");
        Shape positions = shapes.get("text_model.embeddings.position_embedding.weight");
        Shape hidden = shapes.get("text_model.encoder.layers.0.mlp.fc1.weight");
        if (tokens == null || positions == null || hidden == null) {
            throw notRead("text encoder");
        }
        int layers = 0;
        while (shapes.containsKey("text_model.encoder.layers." + layers + ".mlp.fc1.weight")) {
            layers++;
        }
        int width = (int) tokens.get(1);
        return new TextEncoderConfig((int) tokens.get(0), width, (int) hidden.get(0), layers, Math.max(1, width / HEAD_WIDTH),
                (int) positions.get(0), "quick_gelu");
    }

    /** How many numbers 0, 1, ... make the pattern the beginning of some tensor's name. */
    private int count(String pattern) {
        int n = 0;
        while (has(String.format(Locale.ROOT, pattern, n))) {
            n++;
        }
        return n;
    }

    private int dim(String name, int axis) {
        Shape shape = all.get(name);
        if (shape == null || shape.dimension() <= axis) {
            throw new InputException(file + " is no Stable Diffusion 1: it lacks the tensor '" + name + "'");
        }
        return Math.toIntExact(shape.get(axis));
    }

    private InputException notRead(String what) {
        return new InputException(file + " is no Stable Diffusion 1: its " + what + " is not known");
    }

    @Override
    public void close() {
        tensors.close();
    }
}
