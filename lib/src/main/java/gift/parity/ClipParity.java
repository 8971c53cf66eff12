package gift.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.clip.ClipWeights;
import gift.clip.Trainable;
import gift.continual.Losses;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.tensor.Gradients;
import gift.tensor.Images;
import gift.tensor.NativeOps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/** CLIP's towers: features, logits, loss, and the gradient of every tensor. */
final class ClipParity {
    private static final double VALUES = 1e-5;
    private static final double GRADIENTS = 1e-4;

    private ClipParity() {}

    static void run(Path folder, NDManager manager, Consumer<ParityCase> report) {
        JsonNode settings = Json.tree(folder.resolve("config.json"));
        for (String names : new String[] {"openai", "hf"}) {
            Path weights = folder.resolve("weights." + names + ".safetensors");
            if (!Files.exists(weights)) {
                continue;
            }
            String name = folder.getFileName() + "/" + names;
            try (Clip model = ClipWeights.load(weights, manager);
                    SafeTensors io = SafeTensors.open(folder.resolve("io.safetensors"));
                    SafeTensors gradients = SafeTensors.open(folder.resolve("grads.safetensors"))) {
                compare(name, model, io, gradients, settings.get("label_smoothing").asDouble(), report);
            }
        }
    }

    private static void compare(String name, Clip model, SafeTensors io, SafeTensors gradients, double smoothing,
            Consumer<ParityCase> report) {
        model.train(Trainable.ALL);
        ClipConfig config = model.config();
        long[][] tokens = rows(io.longs("tokens"), config.contextLength());
        int r = config.imageResolution();
        try (Gradients recording = Gradients.record()) {
            NDManager manager = model.manager();
            float[] images = io.floats("images");
            NDArray imageFeatures = model.encodeImages(Images.of(manager, images, r));
            NDArray texts = model.encodeTexts(tokens);
            NDArray whole = model.encodeTexts(tokens, false);
            NDArray logits = Losses.similarity(NativeOps.normalize(imageFeatures), NativeOps.normalize(texts), model.scale());
            NDArray loss = Losses.crossEntropy(logits, manager.create(io.longs("labels")), smoothing);
            recording.backward(loss);

            value(name + "/image_features", imageFeatures, io.floats("image_features"), report);
            value(name + "/text_features", texts, io.floats("text_features"), report);
            value(name + "/text_features_uncut", whole, io.floats("text_features"), report);
            value(name + "/logits_per_image", logits, io.floats("logits_per_image"), report);
            value(name + "/loss", loss, io.floats("loss"), report);
            gradients(name, model, gradients, report);
        }
    }

    private static void value(String name, NDArray computed, float[] reference, Consumer<ParityCase> report) {
        report.accept(new ParityCase(name, Errors.relative(computed.toFloatArray(), reference), VALUES, ""));
    }

    /** The worst of all tensors; the key biases' gradient is zero in exact arithmetic and left out. */
    private static void gradients(String name, Clip model, SafeTensors reference, Consumer<ParityCase> report) {
        double worst = 0;
        String where = "";
        int count = 0;
        for (Map.Entry<String, NDArray> entry : model.parameters().trained().entrySet()) {
            String tensor = entry.getKey();
            if (tensor.endsWith("k_proj.bias")) {
                continue;
            }
            float[] computed = entry.getValue().getGradient().toFloatArray();
            float[] expected = reference.floats(tensor);
            if (tensor.endsWith("attn.in_proj_bias")) {
                clearMiddleThird(computed);
                clearMiddleThird(expected);
            }
            double error = Errors.relative(computed, expected);
            if (!(error <= worst)) {
                worst = error;
                where = tensor;
            }
            count++;
        }
        report.accept(new ParityCase(name + "/gradients", worst, GRADIENTS, count + " tensors, worst " + where));
    }

    private static void clearMiddleThird(float[] queryKeyValue) {
        int third = queryKeyValue.length / 3;
        Arrays.fill(queryKeyValue, third, 2 * third, 0);
    }

    static long[][] rows(long[] flat, int length) {
        long[][] rows = new long[flat.length / length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * length, (i + 1) * length);
        }
        return rows;
    }
}
