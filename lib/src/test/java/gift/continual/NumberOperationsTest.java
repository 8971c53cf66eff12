package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * That nothing in an update or a sampler's step makes an array of a number, as {@code x.mul(0.5)} does, for which a GPU waits:
 * read in the compiled classes.
 */
class NumberOperationsTest {
    private static final Path CLASSES = Path.of("target/classes/gift");
    private static final Set<String> ARRAYS = Set.of("ai/djl/ndarray/NDArray", "ai/djl/ndarray/NDArrays");

    /** What is computed once, in an update of fp16 that is left out, which has waited, or when a teacher collapses. */
    private static final List<String> ONCE = List.of("nn/LowRank.class: mul", "continual/WeightPenalty.class: addi",
            "imagine/Collapse.class: muli", "imagine/Collapse.class: addi", "recognition/ClipFilter.class: mul",
            "recognition/Head.class: mul");

    /** Methods of arrays with a Number among their arguments that a class calls, from its constants (JVMS 4.4). */
    private static List<String> numberMethods(Path file) throws IOException {
        Map<Integer, String> texts = new HashMap<>();
        Map<Integer, Integer> classes = new HashMap<>();
        Map<Integer, int[]> nameAndTypes = new HashMap<>();
        List<int[]> methods = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            in.skipNBytes(8);
            int count = in.readUnsignedShort();
            for (int i = 1; i < count; i++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> texts.put(i, in.readUTF());
                    case 7 -> classes.put(i, in.readUnsignedShort());
                    case 10, 11 -> methods.add(new int[] {in.readUnsignedShort(), in.readUnsignedShort()});
                    case 12 -> nameAndTypes.put(i, new int[] {in.readUnsignedShort(), in.readUnsignedShort()});
                    case 5, 6 -> {
                        in.skipNBytes(8);
                        i++;
                    }
                    case 8, 16, 19, 20 -> in.skipNBytes(2);
                    case 15 -> in.skipNBytes(3);
                    default -> in.skipNBytes(4);
                }
            }
        }
        return methods.stream().filter(m -> ARRAYS.contains(texts.get(classes.get(m[0])))).map(m -> nameAndTypes.get(m[1]))
                .filter(m -> texts.get(m[1]).contains("Ljava/lang/Number;")).map(m -> texts.get(m[0])).toList();
    }

    private static List<String> found(String folder) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(CLASSES.resolve(folder))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
                numberMethods(file).forEach(name ->
                        found.add(CLASSES.relativize(file).toString().replace('\\', '/') + ": " + name));
            }
        }
        return found;
    }

    @Test
    void neitherUpdatesNorSamplersComputeWithNumbers() throws IOException {
        List<String> found = new ArrayList<>();
        for (String folder : List.of("diffusion", "nn", "clip", "continual", "pretrain", "imagine", "transfer", "recognition")) {
            found.addAll(found(folder));
        }
        found.removeAll(ONCE);
        assertThat(found).isEmpty();
    }

    @Test
    void suchOperationsAreFound() throws IOException {
        assertThat(numberMethods(CLASSES.resolve("tensor/AdamW.class"))).contains("muli", "addi");
    }
}
