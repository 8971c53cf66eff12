package gift.cli;

import gift.data.ClassNames;
import gift.io.InputException;
import gift.io.Texts;
import gift.mini.World;
import gift.sentences.ChatSettings;
import gift.sentences.FactorCaptions;
import gift.sentences.Factors;
import gift.sentences.LiveSentences;
import gift.sentences.RecordedSentences;
import gift.sentences.Sentence;
import gift.sentences.SentenceRules;
import gift.sentences.SentenceSource;
import gift.sentences.TemplateGrammar;
import gift.train.FolderLock;
import gift.train.Stop;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes sentences for class names. */
@Command(name = "sentences", description = "Sentences for class names, from a recorded file, a grammar of templates, or a"
        + " language model (its server in GIFT_CHAT_URL, a key in GIFT_CHAT_KEY); n + 50 are asked for, and n distinct ones"
        + " drawn. Goes on where it was stopped.")
final class SentencesCommand implements Callable<Integer> {
    @Option(names = "--classes", paramLabel = "FILE", description = "class names, one a line")
    private Path classes;

    @Option(names = "--set", paramLabel = "NAME", description = "class names of a published data set or a task of the mini world")
    private String set;

    @Option(names = "--count", paramLabel = "N", defaultValue = "200", description = "sentences a class (default ${DEFAULT-VALUE})")
    private int count;

    @Option(names = "--recorded", paramLabel = "FILE", description = "source: JSON lines or the published pickle")
    private Path recorded;

    @Option(names = "--grammar", paramLabel = "FILE", description = "source: frames and slots in JSON; without a source one"
            + " of photographs")
    private Path grammar;

    @Option(names = "--factors", paramLabel = "FILE", description = "source: captions of factors in JSON (ImagineFSL); with --model"
            + " written by a language model. The first N of each class are taken")
    private Path factors;

    @Option(names = "--model", paramLabel = "NAME", description = "source: this language model, asked live")
    private String model;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "the question to the language model, {} for the class")
    private String prompt;

    @Option(names = "--per-minute", paramLabel = "N", defaultValue = "60",
            description = "most questions a minute (default ${DEFAULT-VALUE})")
    private int perMinute;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "of the draw (default ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--out", paramLabel = "FILE", required = true,
            description = "JSON lines with label, text and source; answers of a language model beside it, FILE.record")
    private Path output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (model == null) {
            write();
        } else {
            InputException.require(FolderLock.ifFileFree(record(), this::write), "another process asks for sentences and writes "
                    + record() + ": wait for it, or choose another --out");
        }
        return 0;
    }

    private void write() {
        SentenceSource source = source();
        Map<String, List<Sentence>> chosen = factors != null ? FactorCaptions.first(source, labels(), count)
                : SentenceRules.choose(source, labels(), count, seed);
        RecordedSentences.write(output, chosen.values());
        PrintWriter out = spec.commandLine().getOut();
        out.println(count + " sentences for each of " + chosen.size() + " classes in " + output + ", from: " + source.name());
        out.flush();
    }

    /** Beside the output, the answers of a language model. */
    private Path record() {
        return output.resolveSibling(output.getFileName() + ".record");
    }

    private SentenceSource source() {
        long sources = (recorded == null ? 0 : 1) + (grammar == null ? 0 : 1) + (model == null && factors == null ? 0 : 1);
        InputException.require(sources <= 1, "choose one source: --recorded, --grammar, --factors or --model");
        FactorCaptions captions = factors == null ? null : new FactorCaptions(Factors.read(factors), seed);
        if (recorded != null) {
            return RecordedSentences.read(recorded);
        }
        if (model != null) {
            ChatSettings settings = ChatSettings.of(System.getenv(ChatSettings.ADDRESS), System.getenv(ChatSettings.KEY), model)
                    .withPerMinute(perMinute);
            Path record = record();
            InputException.require(captions == null || prompt == null, "--factors makes the questions itself: leave out --prompt");
            return captions != null ? new LiveSentences(FactorCaptions.asked(settings), captions::question, record, Stop::requested)
                    : new LiveSentences(prompt == null ? settings : settings.withPrompt(prompt), record, Stop::requested);
        }
        if (captions != null) {
            return captions;
        }
        return grammar == null ? TemplateGrammar.PHOTOGRAPHS.withSeed(seed) : TemplateGrammar.read(grammar, seed);
    }

    private List<String> labels() {
        InputException.require((classes == null) != (set == null), "give class names by --classes FILE or --set NAME, not both");
        List<String> labels = classes != null
                ? Texts.lines(classes).stream().map(String::strip).filter(line -> !line.isEmpty()).toList()
                : World.names().contains(set) ? World.open(set).classNames() : ClassNames.of(set).names();
        InputException.require(!labels.isEmpty(), classes + " holds no class name");
        InputException.require(labels.stream().distinct().count() == labels.size(), "a class name stands twice in "
                + (classes == null ? set : classes));
        return labels;
    }
}
