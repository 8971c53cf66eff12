package gift.continual;

import gift.continual.Method.Averaging;
import gift.continual.Method.Penalty;
import gift.continual.Method.Probe;
import gift.continual.Method.Teacher;
import gift.continual.Method.Towards;
import gift.continual.Method.Towers;
import gift.continual.Method.Trains;
import gift.io.InputException;
import java.util.Map;

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

    /** {@code mv_avg_model}: "n" (the task's start), "t" (the weights before the last averaging), "zeroshot". */
    public static Towards towards(String name) {
        return switch (name) {
            case "n" -> Towards.START;
            case "t" -> Towards.LAST;
            case "zeroshot" -> Towards.INITIAL;
            default -> throw new InputException("mv_avg_model '" + name + "' must be n, t or zeroshot");
        };
    }

    /**
     * {@code train-mode}, {@code fc-init}: "whole", "text", "image", "image-fc" (the image tower with a classifier on it)
     * and "image-fc-fixed", whose classifier is that of the class prompts and stays, which is "image". "fc" and "text" do not
     * run there: the first is refused, the second multiplies matrices that do not fit unless there are as many classes as
     * features are wide. Here "fc" is a linear probe on a frozen model and "text" trains the text tower.
     *
     * @param method that is trained so
     * @param prompts whether the classifier starts with the features of the class prompts, else with zeros
     */
    public static Method trainMode(Method method, String name, boolean prompts) {
        Probe probe = prompts ? Probe.TEXTS : Probe.ZEROS;
        return switch (name) {
            case "whole" -> method;
            case "text" -> method.withTrains(Trains.TEXT);
            case "image", "image-fc-fixed" -> method.withTrains(Trains.IMAGE);
            case "image-fc" -> method.withTrains(Trains.IMAGE).withProbe(probe);
            case "fc" -> method.with(Map.of("trains", Trains.NONE, "probe", probe));
            default -> throw new InputException(
                    "train-mode '" + name + "' must be whole, text, image, image-fc, image-fc-fixed or fc");
        };
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
