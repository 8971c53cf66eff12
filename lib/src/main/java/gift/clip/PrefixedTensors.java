package gift.clip;

import gift.io.InputException;
import gift.io.TensorFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The CLIP in a file that has something before all its names: {@code module.} (several GPUs), {@code _orig_mod.} (compiled),
 * {@code model.} or {@code clip_model.} (part of another module, or of a checkpoint that has more). open_clip's
 * {@code text.} before the names of the text tower is left out, too. What checkpoints keep of a training besides weights is
 * passed over.
 */
final class PrefixedTensors implements TensorFile {
    /** One tensor that every CLIP has, under OpenAI's name (ViT and ResNet) and under Hugging Face's. */
    private static final List<String> MARKS =
            List.of("visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight");
    private static final String TEXT = "text.";
    private static final Pattern TRAINING = Pattern.compile(
            "(optimizers?|optim|optimizer_states?|optimizer_state_dict|(lr_)?schedulers?(_state_dict)?|(grad_)?scaler|amp"
                    + "|rng\\w*|loops|callbacks|epoch|(global_)?step|iteration)(\\..*)?");

    private final TensorFile file;
    private final Map<String, String> theirs; // by the name without prefix
    private final Map<String, Tensor> entries = new LinkedHashMap<>();

    private PrefixedTensors(TensorFile file, Map<String, String> theirs) {
        this.file = file;
        this.theirs = theirs;
        theirs.forEach((name, their) -> entries.put(name, file.entry(their)));
    }

    /**
     * The file itself where its names have no prefix or it holds no CLIP, else a view of it.
     *
     * @param source name of the file
     * @throws InputException if it holds several CLIPs
     */
    static TensorFile of(String source, TensorFile file) {
        List<String> prefixes = file.entries().keySet().stream().flatMap(name -> MARKS.stream()
                .filter(mark -> name.equals(mark) || name.endsWith("." + mark))
                .map(mark -> name.substring(0, name.length() - mark.length()))).distinct().toList();
        if (prefixes.size() > 1) {
            throw new InputException(source + " holds several CLIPs, whose names begin with "
                    + String.join(" and ", prefixes.stream().map(p -> p.isEmpty() ? "nothing" : p).toList())
                    + "; save the one that is meant alone");
        }
        if (prefixes.isEmpty()) {
            return file;
        }
        String prefix = prefixes.get(0);
        boolean text = file.entries().containsKey(prefix + TEXT + "token_embedding.weight");
        if (prefix.isEmpty() && !text) {
            return file;
        }
        Map<String, String> theirs = new LinkedHashMap<>();
        file.entries().keySet().forEach(name -> {
            String ours = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
            if (name.startsWith(prefix) && text && ours.startsWith(TEXT)) {
                ours = ours.substring(TEXT.length());
            }
            if (name.startsWith(prefix) || !TRAINING.matcher(name).matches()) {
                theirs.put(ours, name);
            }
        });
        return new PrefixedTensors(file, theirs);
    }

    private String their(String name) {
        return theirs.getOrDefault(name, name);
    }

    @Override
    public Map<String, ? extends Tensor> entries() {
        return entries;
    }

    @Override
    public Map<String, String> metadata() {
        return file.metadata();
    }

    @Override
    public Tensor entry(String name) {
        return file.entry(their(name));
    }

    @Override
    public float[] floats(String name) {
        return file.floats(their(name));
    }

    @Override
    public double[] doubles(String name) {
        return file.doubles(their(name));
    }

    @Override
    public long[] longs(String name) {
        return file.longs(their(name));
    }

    @Override
    public void close() {
        file.close();
    }
}
