package gift.imagine;

import ai.djl.ndarray.NDManager;
import gift.clip.ImageTower;
import gift.clip.VisionConfig;
import gift.image.Image;
import gift.image.augment.BlockMasks;
import gift.image.augment.ViewAugmentation;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.HostImages;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.TensorFiles;
import gift.train.EndlessBatches;
import gift.train.Prefetch;
import gift.train.TrainingFolder;
import gift.train.TrainingLoop;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Pretrains an adapter on groups of images: those of one caption. Leaves in its folder {@code adapter.safetensors} (the
 * teacher), the recipe and the losses; resumes from its last checkpoint and then ends in the same weights.
 */
public final class ImaginePretraining {
    /** The file of the finished adapter. */
    public static final String ADAPTER = "adapter.safetensors";
    private static final String CONFIG = "imagine";

    /** Groups of images of one caption. */
    public interface Groups {
        /** For the recipe: from where the images are. */
        String name();

        /** Number of groups. */
        int size();

        /** Images of each group, at least 2; the published base set has 4. */
        int views();

        /** One image of a group; called from several threads. */
        Image image(int group, int view);
    }

    /** All on which the result depends. */
    private record Recipe(PretrainingSettings settings, ImagineConfig config, String tower, String groups, int size, int views) {}

    private final ImageTower tower;
    private final Groups groups;
    private final PretrainingSettings settings;
    private final ImagineConfig config;
    private final Consumer<String> notes;

    /**
     * @param tower a frozen ViT; it stays the caller's
     * @param notes is given a line when the teacher has collapsed
     * @throws InputException if the tower is none, the adapter is of another width, or a group has fewer than two images
     */
    public ImaginePretraining(ImageTower tower, Groups groups, PretrainingSettings settings, ImagineConfig config,
            Consumer<String> notes) {
        VisionConfig size = tower.config();
        InputException.require(size.isVisionTransformer(), "pretraining of the adapter needs a CLIP with a ViT: a ResNet has no"
                + " class token");
        InputException.require(config.adapter().width() == size.embedDim() && config.tokenWidth() == size.width(),
                "the adapter is for tokens of width " + config.adapter().width() + " and a mask token of "
                + config.tokenWidth() + ", and the CLIP has " + size.embedDim() + " and " + size.width());
        InputException.require(groups.size() > 0 && groups.views() >= 2, groups.name() + " has " + groups.size()
                + " groups of " + groups.views() + " images: pretraining needs groups of at least 2, such as view1 to view4");
        this.tower = tower;
        this.groups = groups;
        this.settings = settings;
        this.config = config;
        this.notes = notes;
    }

    /** Trains to the end, or goes on where it was stopped; does nothing if the adapter of this recipe is there. */
    public void run(Path output, int checkpointEvery, boolean restart) {
        Recipe recipe = new Recipe(settings, config, towerHash(), groups.name(), groups.size(), groups.views());
        new TrainingFolder("adapter", output, recipe, settings.updates(), checkpointEvery)
                .train(restart, loop -> train(loop, output));
    }

    private void train(TrainingLoop loop, Path output) {
        NDManager parent = tower.parameters().manager().getParentManager();
        try (NDManager manager = parent.newSubManager();
                Parameters start = ImagineModel.initial(manager, config, settings.seed());
                Prefetch<ImagineTrainer.Batch> batches = new Prefetch<>(this::batch, settings.updates());
                ImagineTrainer trainer = new ImagineTrainer(tower, start, config, settings, batches::get, notes)) {
            loop.run(trainer, manager);
            TensorFiles.write(output.resolve(ADAPTER), trainer.teacher().all(), Map.of(CONFIG, Json.write(config)));
        }
    }

    private String towerHash() {
        StringBuilder all = new StringBuilder(tower.config().toString());
        tower.parameters().all().forEach((name, values) ->
                all.append('\n').append(name).append(' ').append(Hashes.sha256(values.toByteArray())));
        return Hashes.sha256(all.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** What update i sees: of each group two images, changed at random, and masks. Depends on the seed and i alone. */
    ImagineTrainer.Batch batch(int i) {
        int side = tower.resolution();
        int[] chosen = new EndlessBatches(settings.seed(), "imagine batches", groups.size(), settings.batchSize()).batch(i);
        ViewAugmentation views = new ViewAugmentation(side);
        HostImages crops = HostImages.of(2 * chosen.length, k -> {
            int place = k % chosen.length;
            int view = k / chosen.length;
            int[] two = ViewAugmentation.twoOf(groups.views(), RandomStream.of(settings.seed(), "imagine two views", i, place));
            Image image = groups.image(chosen[place], two[view]);
            RandomStream random = RandomStream.of(settings.seed(), "imagine view", i, place, view);
            return view == 0 ? views.first(image, random) : views.second(image, random);
        });
        int grid = side / tower.config().patchSize();
        BlockMasks blocks = new BlockMasks(grid, grid);
        MaskedPatches masks = settings.patchWeight() == 0 ? MaskedPatches.none(2 * chosen.length, blocks.patches())
                : MaskedPatches.draw(2 * chosen.length, blocks, settings.maskedShare(), settings.leastMasked(),
                        settings.mostMasked(), RandomStream.of(settings.seed(), "imagine masks", i));
        return new ImagineTrainer.Batch(crops, masks);
    }
}
