package gift.cli;

import ai.djl.engine.EngineException;
import gift.io.AtomicFiles;
import gift.io.FileNames;
import gift.io.InputException;
import gift.train.Stop;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;

/** The study from a terminal. */
@Command(
        name = "gift",
        mixinStandardHelpOptions = true,
        version = "GIFT in Java 0.1.0",
        description = "A reproducible study of continual learning of CLIP with synthetic data.",
        subcommands = {
            StudyCommand.class, WorkerCommand.class, TuneCommand.class,
            UnitsCommand.class, UnitCommand.class, SubmitCommand.class, StatusCommand.class,
            RunCommand.class, DoctorCommand.class, TableCommand.class, FigureCommand.class,
            EvaluateCommand.class, MetricsCommand.class, DataCommand.class, WorldCommand.class, ZeroShotCommand.class,
            RecognizeCommand.class, PretrainCommand.class, TrainAutoencoderCommand.class,
            TrainDiffusionCommand.class, SentencesCommand.class, GenerateCommand.class, ClassImagesCommand.class,
            RecognitionCommand.class, TransferCommand.class, ImagineCommand.class, MergeCommand.class,
            ConvertCommand.class, ParityCommand.class, BenchCommand.class,
            HelpCommand.class
        })
public final class Gift {
    /** Exit code for what the user can mend: wrong arguments, settings, files. */
    static final int BAD_INPUT = 2;

    private Gift() {}

    public static void main(String[] args) {
        FileNames.problem().ifPresent(text -> System.err.println("gift: " + text));
        Stop.listen();
        Long parent = Long.getLong(Stop.PARENT);
        if (parent != null) {
            Stop.withParent(parent);
        }
        int code = commandLine().execute(args);
        Stop.ended();
        if (!Stop.requested()) {
            System.exit(code);
        }
    }

    /** The commands; what the user can mend becomes one line on the error stream and exit code 2. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Gift()).setCaseInsensitiveEnumValuesAllowed(true);
        line.getSubcommands().values().forEach(Gift::withHelp);
        line.setExecutionExceptionHandler((e, command, result) -> {
            PrintWriter err = command.getErr();
            String mend = userLine(e);
            boolean known = mend != null || e instanceof ArithmeticException || e instanceof Stop.Requested;
            if (!known) {
                throw e;
            }
            err.println("gift: " + oneLine(mend != null ? mend : e.getMessage()));
            err.flush();
            return mend != null ? BAD_INPUT : 1;
        });
        line.setParameterExceptionHandler((e, args) -> {
            PrintWriter err = e.getCommandLine().getErr();
            err.println("gift: " + oneLine(e.getMessage()) + " (" + e.getCommandLine().getCommandSpec().qualifiedName()
                    + " --help)");
            err.flush();
            return BAD_INPUT;
        });
        return line;
    }

    /** Prints lines where a command prints, each at once. */
    static Consumer<String> lines(CommandSpec spec) {
        return line -> {
            PrintWriter out = spec.commandLine().getOut();
            out.println(line);
            out.flush();
        };
    }

    /** What the user can mend, in words; null for anything else. */
    private static String userLine(Exception e) {
        if (e instanceof InputException) {
            return e.getMessage();
        }
        if (e instanceof InvalidPathException path) {
            return "no file can be named " + path.getInput() + FileNames.problem().map(text -> "; " + text).orElse("");
        }
        if (e instanceof EngineException && String.valueOf(e.getMessage()).matches("Failed to (load|extract|download).*")) { // DJL's words
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            if (!(cause instanceof IOException || cause instanceof LinkageError)) {
                return null; // an operation of the engine has failed
            }
            String reason = cause instanceof IOException io ? AtomicFiles.reason(io) : AtomicFiles.oneLine(cause);
            return "the engine cannot be unpacked or loaded: " + reason + "; its native library needs a folder for 600 MB from"
                    + " which programs may be loaded: name one by DJL_CACHE_DIR (else ~/.djl.ai)";
        }
        return null;
    }

    private static void withHelp(CommandLine command) {
        if (!(command.getCommand() instanceof HelpCommand)) {
            command.getCommandSpec().mixinStandardHelpOptions(true);
        }
        command.getSubcommands().values().forEach(Gift::withHelp);
    }

    private static String oneLine(String message) {
        return message == null ? "unknown" : message.replaceAll("\\s*\\R\\s*", " ");
    }
}
