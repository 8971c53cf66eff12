package gift.transfer;

import gift.data.ImageDataset;
import gift.generate.ClassPrompts;
import gift.sentences.RecordedSentences;
import gift.sentences.Sentence;
import gift.sentences.SentenceRules;
import gift.sentences.SentenceSource;
import gift.sources.StudyData;
import gift.transfer.TransferConfig.Images;
import gift.transfer.TransferConfig.Pretraining;
import gift.transfer.TransferConfig.Synthetic;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What towers are pretrained on. Generated images are drawn once, as many of a class as the largest amount asks for; smaller
 * amounts are the first of them. What is there already is not drawn again; {@code gift generate <folder>/plan.json} draws parts.
 */
final class PretrainingImages {
    private final TransferConfig config;
    private final StudyData data;
    private final Path folder;
    private final Map<String, ImageDataset> drawn = new HashMap<>();

    /**
     * @param folder of the generated images, a folder in it for each data set
     */
    PretrainingImages(TransferConfig config, StudyData data, Path folder) {
        this.config = config;
        this.data = data;
        this.folder = folder;
    }

    /**
     * The images of a pretraining. Those that are missing are drawn, together with other processes that do the same.
     *
     * @param task whose classes are drawn where the pretraining asks for it
     */
    ChosenImages of(Pretraining pretraining, String task) {
        String set = pretraining.images() == Images.TASK ? task : config.generic();
        ImageDataset all = pretraining.images() == Images.REAL ? data.validation().openUnseen(set).train()
                : drawn.computeIfAbsent(set, this::draw);
        return ChosenImages.perClass(all, pretraining.oneClassIn(), config.perClass(pretraining, all.classNames().size()));
    }

    private ImageDataset draw(String set) {
        List<String> labels = data.validation().openUnseen(set).classNames().stream().map(name -> name.replace('_', ' ')).toList();
        Images kind = set.equals(config.generic()) ? Images.GENERIC : Images.TASK;
        int most = config.pretrainings().keySet().stream().map(config::pretraining)
                .filter(p -> p.images() == kind && p.weights().isEmpty())
                .mapToInt(p -> config.perClass(p, labels.size())).max().orElseThrow();
        Synthetic s = config.synthetic();
        int count = (most + s.perSentence() - 1) / s.perSentence();
        Map<String, List<String>> sentences = new LinkedHashMap<>();
        SentenceRules.choose(source(), labels, count, s.seed())
                .forEach((label, own) -> sentences.put(label, own.stream().map(Sentence::text).toList()));
        Path model = data.required(s.model(), "synthetic.model", "the folder of a Stable Diffusion or a GLIDE");
        return new ClassPrompts(model, sentences, s.wrapper(), s.perSentence(),
                ClassPrompts.settings(config.about(), s.seed(), s.sampling(), config.device()))
                .drawn(set + "/generated", folder.resolve(set));
    }

    private SentenceSource source() {
        Synthetic s = config.synthetic();
        return s.sentences().isEmpty() ? s.grammar().withSeed(s.seed())
                : RecordedSentences.read(data.data().beside(data.base(), s.sentences()));
    }
}
