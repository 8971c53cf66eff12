package gift.cli;

import gift.io.InputException;
import gift.io.SafeTensors;
import gift.io.TensorSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes weights in half precision. */
@Command(name = "halve", description = "Write the fp32 tensors of a safetensors file in half precision (fp16), as models are"
        + " shipped; every model reads either.")
final class HalveCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "IN.safetensors", description = "weights")
    private Path from;

    @Parameters(index = "1", paramLabel = "OUT.safetensors", description = "the same in half precision")
    private Path to;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(to) && Files.isSameFile(from, to)) {
            throw new InputException(to + " is the file that is read: name another");
        }
        try (SafeTensors tensors = SafeTensors.open(from)) {
            List<TensorSource> halves = tensors.entries().values().stream().map(entry -> half(tensors, entry)).toList();
            SafeTensors.write(to, tensors.metadata(), halves);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(Files.size(from) + " bytes to " + Files.size(to) + " in " + to);
        out.flush();
        return 0;
    }

    private TensorSource half(SafeTensors tensors, SafeTensors.Entry entry) {
        if (entry.dtype() != SafeTensors.DType.F32) {
            throw new InputException(from + ": tensor " + entry + " is not fp32");
        }
        return TensorSource.of(entry.name(), entry.shape(), tensors.floats(entry.name()), SafeTensors.DType.F16);
    }
}
