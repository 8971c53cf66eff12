package gift.clip;

import ai.djl.ndarray.types.Shape;
import gift.clip.WeightConversion.Converted;
import gift.clip.WeightConversion.Precision;
import gift.image.Preprocess;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.io.SafeTensors.DType;
import gift.tensor.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A ViT CLIP as a folder that transformers loads: {@code config.json}, {@code model.safetensors},
 * {@code preprocessor_config.json}, and where its vocabulary is known {@code vocab.json}, {@code merges.txt} and
 * {@code tokenizer_config.json}.
 */
public final class HuggingFaceExport {
    private static final int BICUBIC = 3; // Pillow's number
    private static final int MLP_FACTOR = 4;

    private HuggingFaceExport() {}

    /**
     * Writes the folder, one tensor at a time.
     *
     * @param from as for {@link ClipWeights#file}
     * @param folder is made where it is missing
     * @param tokenizer of the model; null if it is not known
     * @throws InputException if the file is no ViT CLIP, lacks tensors, would be overwritten, or does not fit the tokenizer
     */
    public static void write(Path from, Path folder, Precision precision, Tokenizer tokenizer) {
        Path file = ClipWeights.file(from);
        Path to = folder.resolve("model.safetensors");
        try (ClipTensors clip = ClipTensors.open(file)) {
            if (Files.exists(to) && Files.isSameFile(file, to)) {
                throw new InputException(to + " is the file that is read: name another folder");
            }
            ClipConfig config = ClipWeights.config(file, clip);
            if (!config.isVisionTransformer()) {
                throw new InputException(file + " is a CLIP with a ModifiedResNet, which transformers does not have: only one"
                        + " with a ViT can be written in its layout");
            }
            if (tokenizer != null && tokenizer.vocabularySize() > config.vocabSize()) {
                throw new InputException("the vocabulary has " + tokenizer.vocabularySize() + " tokens, the model " + file
                        + " knows " + config.vocabSize() + ": name the model's own vocabulary");
            }
            Parameters.requireShapes(file.toString(), config.shapes(), clip.shapes());
            List<SafeTensors.Source> sources = sources(file, clip, config, precision);
            Files.createDirectories(folder);
            SafeTensors.write(to, Map.of("format", "pt"), sources);
            boolean half = sources.stream().allMatch(source -> source.dtype() == DType.F16);
            AtomicFiles.writeString(folder.resolve("config.json"),
                    Json.write(settings(config, half ? "float16" : "float32", tokenizer)));
            AtomicFiles.writeString(folder.resolve("preprocessor_config.json"), Json.write(preprocessor(config.imageResolution())));
            if (tokenizer != null) {
                tokenizer.save(folder, config.contextLength());
            }
        } catch (IOException e) {
            throw new InputException("cannot write " + folder + ": " + e.getMessage(), e);
        }
    }

    private static List<SafeTensors.Source> sources(Path file, ClipTensors clip, ClipConfig config, Precision precision) {
        List<SafeTensors.Source> sources = new ArrayList<>();
        config.shapes().forEach((name, shape) -> {
            DType dtype = WeightConversion.dtype(clip, name, precision);
            List<String> theirs = HuggingFaceNames.theirs(name);
            for (int i = 0; i < theirs.size(); i++) {
                int part = i;
                String their = theirs.get(i);
                long[] dims = HuggingFaceNames.isTransposed(name) ? new long[] {shape.get(1), shape.get(0)}
                        : shape.getShape().clone();
                if (theirs.size() > 1) {
                    dims[0] /= theirs.size();
                }
                sources.add(new Converted(their, dtype, dims, () -> WeightConversion.floats(
                        file, their, dims, part(clip, name, shape, part, theirs.size()), dtype)));
            }
        });
        return sources;
    }

    /** The values of one tensor of theirs: one of ours, transposed or not, or one of several parts of it. */
    private static float[] part(ClipTensors clip, String name, Shape shape, int part, int parts) {
        float[] values = clip.values(name);
        if (HuggingFaceNames.isTransposed(name)) {
            return HuggingFaceNames.transpose(values, new Shape(shape.get(1), shape.get(0)));
        }
        int size = values.length / parts;
        return Arrays.copyOfRange(values, part * size, (part + 1) * size);
    }

    /** The settings of CLIPConfig in transformers; the text feature is read at the first end token. */
    private static Map<String, Object> settings(ClipConfig config, String dtype, Tokenizer tokenizer) {
        Map<String, Object> text = tower(config, "clip_text_model", config.transformerWidth(), config.transformerLayers(),
                config.transformerHeads());
        int end = tokenizer == null ? config.vocabSize() - 1 : tokenizer.endToken();
        text.put("vocab_size", config.vocabSize());
        text.put("max_position_embeddings", config.contextLength());
        text.put("bos_token_id", tokenizer == null ? end - 1 : tokenizer.startToken());
        text.put("eos_token_id", end);
        text.put("pad_token_id", end);
        Map<String, Object> vision = tower(config, "clip_vision_model", config.visionWidth(), config.visionLayers().get(0),
                config.visionHeads());
        vision.put("image_size", config.imageResolution());
        vision.put("patch_size", config.visionPatchSize());
        vision.put("num_channels", 3);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("architectures", List.of("CLIPModel"));
        all.put("model_type", "clip");
        all.put("projection_dim", config.embedDim());
        all.put("torch_dtype", dtype);
        all.put("text_config", text);
        all.put("vision_config", vision);
        return all;
    }

    private static Map<String, Object> tower(ClipConfig config, String type, int width, int layers, int heads) {
        Map<String, Object> tower = new LinkedHashMap<>();
        tower.put("model_type", type);
        tower.put("hidden_size", width);
        tower.put("intermediate_size", MLP_FACTOR * width);
        tower.put("num_hidden_layers", layers);
        tower.put("num_attention_heads", heads);
        tower.put("projection_dim", config.embedDim());
        tower.put("hidden_act", config.activation().name().toLowerCase(Locale.ROOT));
        tower.put("layer_norm_eps", 1e-5);
        return tower;
    }

    /** The settings of CLIPImageProcessor in transformers, equal to {@link Preprocess#evaluation}. */
    private static Map<String, Object> preprocessor(int size) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("image_processor_type", "CLIPImageProcessor");
        settings.put("do_convert_rgb", true);
        settings.put("do_resize", true);
        settings.put("size", Map.of("shortest_edge", size));
        settings.put("resample", BICUBIC);
        settings.put("do_center_crop", true);
        settings.put("crop_size", new TreeMap<>(Map.of("height", size, "width", size)));
        settings.put("do_rescale", true);
        settings.put("rescale_factor", 1 / 255.0);
        settings.put("do_normalize", true);
        settings.put("image_mean", Preprocess.MEAN);
        settings.put("image_std", Preprocess.STD);
        return settings;
    }
}
