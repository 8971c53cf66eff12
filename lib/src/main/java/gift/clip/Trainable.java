package gift.clip;

import java.util.function.Predicate;

/**
 * What of a CLIP is trained, as a predicate on the names of its tensors ({@link Clip#train}). Others are lambdas, or these
 * joined: {@code Trainable.IMAGE.and(name -> !name.contains(".conv1."))}.
 *
 * <p>The published code of ZSCL (Zheng et al. 2023) calls its choices {@code --train-mode}. Its whole and image are
 * {@link #WHOLE} and {@link #IMAGE}. Its text is meant to be {@link #TEXT}, but compares names without "visual." and thereby
 * trains the image tower, and of the text tower only embedding, last normalization and projection; and it multiplies
 * matrices that do not fit, so that it does not run. Its image-fc trains the
 * image tower with a classifier on it, image-fc-fixed with a frozen one: {@link #IMAGE} and a {@link gift.nn.LinearProbe}.
 * Its fc, the classifier alone, is refused there: it is {@link #NONE} and a probe. Methods name these choices by
 * {@code trains} and {@code probe}.
 */
public enum Trainable implements Predicate<String> {
    /** Both towers and the logit scale. */
    ALL(name -> true),
    /** Both towers, the logit scale frozen, as in every continual run. */
    WHOLE(name -> !name.equals("logit_scale")),
    /** The image tower with its projection. */
    IMAGE(name -> name.startsWith(ImageTower.PREFIX)),
    /** The text tower with its projection. */
    TEXT(name -> !name.startsWith(ImageTower.PREFIX) && !name.equals("logit_scale")),
    /** The last layer of both towers, the projections into the joint space. */
    LAST_LAYER(name -> name.equals("text_projection") || lastOfImages(name)),
    /** The last layer of the image tower. */
    IMAGE_LAST_LAYER(Trainable::lastOfImages),
    /** Nothing: what is trained lies beside or on the model. */
    NONE(name -> false);

    private final Predicate<String> names;

    Trainable(Predicate<String> names) {
        this.names = names;
    }

    /** Of a ViT, of a ResNet. */
    private static boolean lastOfImages(String name) {
        return name.equals("visual.proj") || name.startsWith("visual.attnpool.c_proj.");
    }

    /** Whether the tensor is trained; {@link Clip#train} leaves out the statistics of batch normalization in any case. */
    @Override
    public boolean test(String name) {
        return names.test(name);
    }

    /** Whether a tensor is none of the weights but a statistic of batch normalization, which never changes. */
    static boolean isStatistic(String name) {
        return name.contains("running_") || name.endsWith("num_batches_tracked");
    }
}
