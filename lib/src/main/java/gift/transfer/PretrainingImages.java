package gift.transfer;

import gift.data.DatasetSource;
import gift.data.ImageDataset;
import gift.generate.ClassPrompts;
import gift.io.InputException;
import gift.sentences.RecordedSentences;
import gift.sentences.Sentence;
import gift.sentences.SentenceRules;
import gift.sentences.SentenceSource;
import gift.train.FolderLock;
import gift.transfer.TransferConfig.Images;
import gift.transfer.TransferConfig.Pretraining;
import gift.transfer.TransferConfig.Synthetic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What towers are pretrained on. Generated images are drawn once, as many of a class as the largest amount asks for; smaller
 * amounts are the first of them. What is there already is not drawn again; {@code gift generate <folder>/plan.json} draws parts.
 */
final class PretrainingImages {
    private final TransferConfig config;
    private final DatasetSource data;
    private final Path base;
    private final Path folder;
    private final Map<String, ImageDataset> drawn = new HashMap<>();

    /**
     * @param base to which paths of the settings are relative
     * @param folder of the generated images, a folder in it for each data set
     */
    PretrainingImages(TransferConfig config, DatasetSource data, Path base, Path folder) {
        this.config = config;
        this.data = data;
        this.base = base;
        this.folder = folder;
    }

    /**
     * The images of a pretraining.
     *
     * @param task whose classes are drawn where the pretraining asks for it
     * @return empty while another process draws them
     */
    Optional<ChosenImages> of(Pretraining pretraining, String task) {
        String set = pretraining.images() == Images.TASK ? task : config.generic();
        Optional<ImageDataset> all = pretraining.images() == Images.REAL ? Optional.of(data.openUnseen(set).train()) : drawn(set);
        return all.map(images -> ChosenImages.perClass(images, pretraining.oneClassIn(),
                config.perClass(pretraining, images.classNames().size())));
    }

    private Optional<ImageDataset> drawn(String set) {
        if (!drawn.containsKey(set)) {
            List<String> labels = data.openUnseen(set).classNames().stream().map(name -> name.replace('_', ' ')).toList();
            Images kind = set.equals(config.generic()) ? Images.GENERIC : Images.TASK;
            int most = config.pretrainings().keySet().stream().map(config::pretraining)
                    .filter(p -> p.images() == kind && p.weights().isEmpty())
                    .mapToInt(p -> config.perClass(p, labels.size())).max().orElseThrow();
            Path place = folder.resolve(set);
            if (!FolderLock.ifFree(place, () -> drawn.put(set, draw(set, place, labels, most)))) {
                return Optional.empty();
            }
        }
        return Optional.of(drawn.get(set));
    }

    private ImageDataset draw(String set, Path place, List<String> labels, int most) {
        Synthetic s = config.synthetic();
        int count = (most + s.perSentence() - 1) / s.perSentence();
        Map<String, List<String>> sentences = new LinkedHashMap<>();
        SentenceRules.choose(source(), labels, count, s.seed())
                .forEach((label, own) -> sentences.put(label, own.stream().map(Sentence::text).toList()));
        Path model = data.beside(base, s.model());
        InputException.require(Files.exists(model), "no synthetic.model " + data.places(base, s.model())
                + ": give the folder of a Stable Diffusion or a GLIDE");
        ClassPrompts.draw(new ClassPrompts(model, sentences, s.wrapper(), s.perSentence(),
                ClassPrompts.settings(config.about(), s.seed(), s.sampling(), config.device())).write(place));
        return ClassPrompts.read(set + "/generated", place, labels, count * s.perSentence());
    }

    private SentenceSource source() {
        Synthetic s = config.synthetic();
        return s.sentences().isEmpty() ? s.grammar().withSeed(s.seed()) : RecordedSentences.read(data.beside(base, s.sentences()));
    }
}
