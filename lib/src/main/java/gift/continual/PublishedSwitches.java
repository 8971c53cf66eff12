package gift.continual;

import gift.continual.Method.Averaging;
import gift.continual.Method.Penalty;
import gift.continual.Method.Teacher;
import gift.continual.Method.Towers;

/**
 * The switches of the published GIFT code as settings of a {@link Method}, as {@code run_exp.py} and its trainer read them.
 * Of two switches that exclude each other, the one that takes effect there takes effect here.
 */
public final class PublishedSwitches {
    private PublishedSwitches() {}

    /**
     * {@code L2}, {@code awc}, {@code static_awc}.
     *
     * @param weight of the penalty; 0 for none
     * @param adaptive whether each weight is weighed by its Fisher information
     * @param updates over which that is averaged, then fixed; 0 for that of the current update
     */
    public static Penalty penalty(double weight, boolean adaptive, int updates) {
        return weight == 0 ? Penalty.NONE : !adaptive ? Penalty.L2
                : updates == 0 ? Penalty.FISHER : Penalty.STATIC_FISHER_AS_PUBLISHED;
    }

    /** {@code ablate_image_only}, {@code ablate_text_only}: the first comes first. */
    public static Towers towers(boolean imageOnly, boolean textOnly) {
        return imageOnly ? Towers.IMAGE : textOnly ? Towers.TEXT : Towers.BOTH;
    }

    /** {@code moving_avg}, {@code we}: the first comes first. */
    public static Averaging averaging(boolean moving, boolean ensemble) {
        return moving ? Averaging.MOVING : ensemble ? Averaging.ENSEMBLE : Averaging.NONE;
    }

    /** {@code kl_div}: not with {@code feature_mse}, which comes first. */
    public static boolean reversed(boolean klDivergence, boolean featureError) {
        return klDivergence && !featureError;
    }

    /**
     * {@code ref_model}: "load" (the previous model) and "merge:r"; any other name is the pretrained model.
     *
     * @throws gift.io.InputException if r is no share
     */
    public static Teacher teacher(String name) {
        return name.equals("load") ? Teacher.PREVIOUS : name.contains("merge") ? Teacher.parse(name) : Teacher.INITIAL;
    }
}
