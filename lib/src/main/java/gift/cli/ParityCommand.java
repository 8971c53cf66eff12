package gift.cli;

import ai.djl.ndarray.NDManager;
import gift.parity.Parity;
import gift.parity.ParityCase;
import gift.tensor.Devices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares this installation with reference values of the published implementations. */
@Command(name = "parity", description = "Compare with reference values of the published code; exit code 1 if a"
        + " tolerance is exceeded.")
final class ParityCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "folder with checkpoints, cil, clip_vit, clip_resnet, diffusion, imaginefsl,"
            + " tokenizer, preprocess, recognition, steps")
    private Path folder;

    @Option(names = "--vocabulary", paramLabel = "FILE",
            description = "CLIP's vocabulary (bpe_simple_vocab_16e6.txt.gz or vocab.json), for the tokenizer")
    private Path vocabulary;

    @Option(names = "--device", defaultValue = "cpu", description = "cpu, gpu0, ... (default ${DEFAULT-VALUE})")
    private String device;

    @Override
    public Integer call() {
        List<ParityCase> cases = new ArrayList<>();
        try (NDManager manager = Devices.newManager(Devices.parse(device))) {
            Parity.run(folder, vocabulary, manager, one -> {
                cases.add(one);
                System.out.println(one);
            }, System.out::println);
        }
        long failed = cases.stream().filter(one -> !one.passed()).count();
        System.out.printf(Locale.ROOT, "%d cases within tolerance, %d not%n", cases.size() - failed, failed);
        return failed == 0 ? 0 : 1;
    }
}
