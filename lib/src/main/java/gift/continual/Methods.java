package gift.continual;

import gift.continual.Method.Averaging;
import gift.continual.Method.Directions;
import gift.continual.Method.Learns;
import gift.continual.Method.Penalty;
import gift.continual.Method.Texts;
import gift.continual.Method.Towers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The methods that the paper compares, with the settings of the published code (GIFT's and, for the others, ZSCL's).
 * Each says only how it differs from plain fine-tuning.
 */
public final class Methods {
    private Methods() {}

    /** Continual fine-tuning: cross-entropy alone. */
    public static final Method FINETUNE = new Method(Learns.TASKS, null, "synthetic", Texts.PAIRED, 0, false,
            Directions.BOTH, Towers.BOTH, 0, 0, 0, 2, Penalty.NONE, 0, 0, Averaging.NONE, 100, 0.9, 1, 10_000, List.of());

    /** The pretrained model as it is. */
    public static final Method ZEROSHOT = FINETUNE.with(Map.of("learns", "nothing"));

    /** All tasks at once: the upper bound. */
    public static final Method JOINT = FINETUNE.with(Map.of("learns", "jointly"));

    /** Weight consolidation: the squared distance to the task's start. */
    public static final Method WC = FINETUNE.with(Map.of("penalty", "l2", "penalty_weight", 1));

    /** Learning without forgetting (Li and Hoiem 2016): the previous model's answers to the current task's pictures. */
    public static final Method LWF = FINETUNE.with(Map.of("distillation", 1, "teacher", "previous",
            "reference", Method.TASK, "texts", "all", "towers", "image"));

    /** LwF-VR (Ding et al. 2022): the same, against random sentences. */
    public static final Method LWF_VR = LWF.with(Map.of("texts", "random"));

    /** iCaRL (Rebuffi et al. 2017): distillation on herded exemplars of earlier tasks. */
    public static final Method ICARL = LWF.with(Map.of("teacher", "initial", "reference", Method.EXEMPLARS));

    /** WiSE-FT (Wortsman et al. 2022) after each task: 0.8 of the new weights, 0.2 of those before. */
    public static final Method WISE_FT = FINETUNE.with(Map.of("averaging", "merge", "average_decay", 0.8));

    /** WiSE-FT at evaluation only: half of the weights, half of the pretrained ones. */
    public static final Method WISE_FT_EVALUATION = FINETUNE.with(Map.of("evaluation_share", 0.5));

    /** Weight ensemble: the mean of the start and of snapshots along the way. */
    public static final Method WE = FINETUNE.with(Map.of("averaging", "ensemble"));

    /** Moving average towards the task's start. */
    public static final Method EMA = FINETUNE.with(Map.of("averaging", "moving"));

    /** ZSCL* (Zheng et al. 2023): the initial model's answers on reference pictures and sentences, weight ensemble. */
    public static final Method ZSCL_STAR = WE.with(Map.of("distillation", 1, "teacher", "initial",
            "reference", "real", "texts", "all", "towers", "image"));

    /** ZSCL: ZSCL* and weight consolidation. */
    public static final Method ZSCL = ZSCL_STAR.with(Map.of("penalty", "l2", "penalty_weight", 1));

    /** GIFT with the weights (1, 0.25, 1) of the published configuration. */
    public static final Method GIFT = FINETUNE.with(Map.of("distillation", 1, "alignment", 0.25,
            "teacher", "previous", "penalty", "fisher", "penalty_weight", 1));

    /** GIFT with a Fisher that is taken over the first 100 updates and kept: EWC's, corrected. */
    public static final Method EWC = GIFT.with(Map.of("penalty", "static_fisher", "fisher_updates", 100));

    /** The same as published: gradients are never zeroed once the Fisher is taken. */
    public static final Method EWC_PUBLISHED = EWC.with(Map.of("penalty", "static_fisher_as_published"));

    private static final Map<String, Method> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("zeroshot", ZEROSHOT);
        BY_NAME.put("joint", JOINT);
        BY_NAME.put("finetune", FINETUNE);
        BY_NAME.put("wc", WC);
        BY_NAME.put("lwf", LWF);
        BY_NAME.put("lwf_vr", LWF_VR);
        BY_NAME.put("icarl", ICARL);
        BY_NAME.put("wise_ft", WISE_FT);
        BY_NAME.put("wise_ft_evaluation", WISE_FT_EVALUATION);
        BY_NAME.put("we", WE);
        BY_NAME.put("ema", EMA);
        BY_NAME.put("zscl_star", ZSCL_STAR);
        BY_NAME.put("zscl", ZSCL);
        BY_NAME.put("gift", GIFT);
        BY_NAME.put("ewc", EWC);
        BY_NAME.put("ewc_published", EWC_PUBLISHED);
    }

    /** The methods by the names that studies use. */
    public static Map<String, Method> byName() {
        return Collections.unmodifiableMap(BY_NAME);
    }
}
