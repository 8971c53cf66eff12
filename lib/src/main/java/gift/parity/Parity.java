package gift.parity;

import ai.djl.ndarray.NDManager;
import gift.continual.Training.Shortcuts;
import gift.io.AtomicFiles;
import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Comparison with reference values in folders of the layout that {@code shared/README.md} describes. */
public final class Parity {
    private Parity() {}

    /**
     * Runs every folder present.
     *
     * @param vocabulary CLIP's vocabulary for the folder {@code tokenizer}, or null to skip it
     * @param manager on whose device models run
     * @param report is given one case at a time
     * @param note is given a line about what is skipped
     * @throws InputException if there is no such folder, or nothing in it that could be compared
     */
    public static void run(Path root, Path vocabulary, NDManager manager, Consumer<ParityCase> report,
            Consumer<String> note) {
        boolean any = false;
        for (Path folder : folders(root)) {
            String name = folder.getFileName().toString();
            boolean known = true;
            switch (name) {
                case "clip_vit", "clip_resnet" -> ClipParity.run(folder, manager, report);
                case "steps" -> new StepParity(folder, manager).run(Shortcuts.ALL, report);
                case "cil" -> new CilParity(folder, manager).run(report);
                case "preprocess" -> PreprocessParity.run(folder, report);
                case "checkpoints" -> CheckpointParity.run(folder, report);
                case "imaginefsl" -> ImagineParity.run(folder, manager, report);
                case "diffusion" -> DiffusionParity.run(folder, manager, report);
                case "recognition" -> {
                    GlideParity.run(folder, manager, report);
                    RecognitionParity.run(folder, manager, report);
                }
                case "tokenizer" -> {
                    if (vocabulary == null) {
                        note.accept("skip " + name + ": needs --vocabulary FILE");
                    } else {
                        TokenizerParity.run(folder, vocabulary, report);
                    }
                }
                default -> {
                    known = false;
                    note.accept("skip " + name + ": not a comparison that this version knows");
                }
            }
            any |= known;
        }
        if (!any) {
            throw new InputException("nothing to compare in " + root
                    + ": it has none of checkpoints, cil, clip_vit, clip_resnet, diffusion, imaginefsl, tokenizer, preprocess,"
                    + " recognition, steps");
        }
    }

    private static List<Path> folders(Path root) {
        if (!Files.isDirectory(root)) {
            throw new InputException("no folder " + root);
        }
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new InputException("cannot read " + root + ": " + AtomicFiles.reason(e), e);
        }
    }
}
