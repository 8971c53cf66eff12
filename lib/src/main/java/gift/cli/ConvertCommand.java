package gift.cli;

import gift.clip.WeightConversion;
import gift.clip.WeightConversion.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes weights as another kind of file. */
@Command(name = "convert", description = "Write weights as safetensors, or as a checkpoint that torch and the published code"
        + " load: a CLIP under OpenAI's names, others as they are called.")
final class ConvertCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "IN", description = "weights (.safetensors, .pt, .pth, .bin), or a CLIP's folder")
    private Path from;

    @Parameters(index = "1", paramLabel = "OUT", description = "ends in .safetensors, or in .pth for {\"state_dict\": ...}")
    private Path to;

    @ArgGroup
    private Numbers numbers = new Numbers();

    private static final class Numbers {
        @Option(names = "--half", description = "in half precision (fp16), as models are shipped; every model reads either")
        private boolean half;

        @Option(names = "--single", description = "in single precision (fp32); left out, each tensor stays as it is")
        private boolean single;
    }

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        WeightConversion.convert(from, to,
                numbers.half ? Precision.HALF : numbers.single ? Precision.SINGLE : Precision.STORED);
        PrintWriter out = spec.commandLine().getOut();
        out.println(Files.size(to) + " bytes in " + to);
        out.flush();
        return 0;
    }
}
