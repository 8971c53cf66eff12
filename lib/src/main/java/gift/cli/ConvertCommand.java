package gift.cli;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.HuggingFaceExport;
import gift.clip.Tokenizer;
import gift.clip.WeightConversion;
import gift.clip.WeightConversion.Precision;
import gift.diffusion.SingleFile;
import gift.diffusion.glide.Glide;
import gift.io.InputException;
import gift.tensor.Devices;
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

/** Writes weights as another kind of file or folder. */
@Command(name = "convert", description = "Write weights as safetensors, or as a checkpoint that torch and the published code"
        + " load: a CLIP under OpenAI's names, others as they are called. Or write a model as a folder that transformers"
        + " (--to hf) or diffusers (--to diffusers) loads.")
final class ConvertCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "IN", description = "weights (.safetensors, .pt, .pth, .bin), or a CLIP's folder")
    private Path from;

    @Parameters(index = "1", paramLabel = "OUT", description = "ends in .safetensors, or in .pth for {\"state_dict\": ...};"
            + " with --to a folder")
    private Path to;

    /** Of a folder. */
    private enum Layout { hf, diffusers }

    @Option(names = "--to", paramLabel = "LAYOUT", description = "hf: a CLIP's folder for transformers; diffusers: the folder of"
            + " a Stable Diffusion from a single-file checkpoint (fp32)")
    private Layout layout;

    @Option(names = "--vocabulary", paramLabel = "PATH", description = "vocabulary for the folder's tokenizer; left out, the one"
            + " beside IN")
    private Path vocabulary;

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
        Precision precision = numbers.half ? Precision.HALF : numbers.single ? Precision.SINGLE : Precision.STORED;
        PrintWriter out = spec.commandLine().getOut();
        if (layout == null) {
            if (vocabulary != null) {
                throw new InputException("--vocabulary is for a folder: say --to hf or --to diffusers");
            }
            if (Files.isRegularFile(from)) {
                Glide.requireWhole(from);
            }
            WeightConversion.convert(from, to, precision);
            out.println(Files.size(to) + " bytes in " + to);
        } else {
            if (Files.exists(to) && !Files.isDirectory(to)) {
                throw new InputException(to + " is a file: with --to, OUT is a folder");
            }
            writeFolder(precision, out);
        }
        out.flush();
        return 0;
    }

    private void writeFolder(Precision precision, PrintWriter out) {
        Path beside = Files.isDirectory(from) ? from : from.toAbsolutePath().getParent();
        Tokenizer tokenizer = vocabulary != null ? Tokenizer.load(vocabulary)
                : Tokenizer.isIn(beside) ? Tokenizer.load(beside) : null;
        if (layout == Layout.hf) {
            HuggingFaceExport.write(from, to, precision, tokenizer);
            out.println("a CLIP for transformers in " + to + (tokenizer != null ? ""
                    : "; without a tokenizer, since no vocabulary lies beside " + from + " (--vocabulary names one)"));
            return;
        }
        if (precision != Precision.STORED) {
            throw new InputException("--to diffusers writes single precision: leave out --half and --single");
        }
        if (tokenizer == null) {
            throw new InputException("a Stable Diffusion needs a tokenizer, and no vocabulary lies beside " + from
                    + ": name one with --vocabulary");
        }
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            SingleFile.toFolder(from, tokenizer, to, manager);
        }
        out.println("a Stable Diffusion for diffusers in " + to);
    }
}
