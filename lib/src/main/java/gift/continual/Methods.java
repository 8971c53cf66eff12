package gift.continual;

import gift.continual.Method.Averaging;
import gift.continual.Method.Directions;
import gift.continual.Method.Learns;
import gift.continual.Method.Penalty;
import gift.continual.Method.Teacher;
import gift.continual.Method.Texts;
import gift.continual.Method.Towers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The methods that the paper compares, with the settings of the published code (GIFT's and, for the others, ZSCL's).
 * Each says only how it differs from plain fine-tuning.
 */
public final class Methods {
    private Methods() {}

    /** Continual fine-tuning: cross-entropy alone. */
    public static final Method FINETUNE = new Method(Learns.TASKS, null, "synthetic", Texts.PAIRED, 0, false,
            Directions.BOTH, Towers.BOTH, 0, 0, 0, 2, Penalty.NONE, 0, 0, Averaging.NONE, 100, 0.9, 1, 10_000,
            Extra.NONE, Map.of(), CompetingTexts.NONE, Herding.BY_CLASS, null, null, null, null, null);

    /** The pretrained model as it is. */
    public static final Method ZEROSHOT = FINETUNE.withLearns(Learns.NOTHING);

    /** All tasks at once: the upper bound. */
    public static final Method JOINT = FINETUNE.withLearns(Learns.JOINTLY);

    /** Weight consolidation: the squared distance to the task's start. */
    public static final Method WC = FINETUNE.withPenalty(Penalty.L2).withPenaltyWeight(1);

    /**
     * EWC (Kirkpatrick et al. 2017): cross-entropy and lambda / 2 sum F (theta - theta')^2 with the Fisher information of
     * 200 images of each earlier task ({@link TaskFisher}). The first task has no penalty. The
     * weight of 1 is not tuned: studies say their own.
     */
    public static final Method EWC = FINETUNE.withFisherUpdates(200).withPenalty(Penalty.EWC).withPenaltyWeight(1);

    /** Learning without forgetting (Li and Hoiem 2016): the previous model's answers to the current task's images. */
    public static final Method LWF = FINETUNE.withTeacher(Teacher.PREVIOUS).withDistillation(1)
            .withReference(Method.TASK).withTexts(Texts.ALL).withTowers(Towers.IMAGE);

    /** LwF-VR (Ding et al. 2022): the same, against random sentences. */
    public static final Method LWF_VR = LWF.withTexts(Texts.RANDOM);

    /** iCaRL (Rebuffi et al. 2017): distillation on herded exemplars of earlier tasks. */
    public static final Method ICARL = LWF.withTeacher(Teacher.INITIAL).withReference(Method.EXEMPLARS);

    /**
     * The same with the memory of the published code ({@link Exemplars#afterAsPublished}). Its script names no loss on the
     * exemplars, so that as it stands it is {@link #FINETUNE}; here they are LwF's.
     */
    public static final Method ICARL_PUBLISHED = ICARL.withHerding(Herding.AFTER_TASK_AS_PUBLISHED);

    /** WiSE-FT (Wortsman et al. 2022) after each task: 0.8 of the new weights, 0.2 of those before. */
    public static final Method WISE_FT = FINETUNE.withAveraging(Averaging.MERGE).withAverageDecay(0.8);

    /** WiSE-FT at evaluation only: half of the weights, half of the pretrained ones. */
    public static final Method WISE_FT_EVALUATION = FINETUNE.withEvaluationShare(0.5);

    /** Weight ensemble: the mean of the start and of snapshots along the way. */
    public static final Method WE = FINETUNE.withAveraging(Averaging.ENSEMBLE);

    /** Weight ensemble with WiSE-FT in every snapshot: {@code we_wise} of the published code. */
    public static final Method WE_WISE = FINETUNE.withAveraging(Averaging.ENSEMBLE_MERGE).withAverageDecay(0.98);

    /** Moving average towards the task's start. */
    public static final Method EMA = FINETUNE.withAveraging(Averaging.MOVING);

    /** ZSCL* (Zheng et al. 2023): the initial model's answers on reference images and sentences, weight ensemble. */
    public static final Method ZSCL_STAR = WE.withTeacher(Teacher.INITIAL).withDistillation(1)
            .withReference("real").withTexts(Texts.ALL).withTowers(Towers.IMAGE);

    /** ZSCL: ZSCL* and weight consolidation. */
    public static final Method ZSCL = ZSCL_STAR.withPenalty(Penalty.L2).withPenaltyWeight(1);

    /** GIFT with the weights (1, 0.25, 1) of the published configuration. */
    public static final Method GIFT = FINETUNE.withTeacher(Teacher.PREVIOUS).withDistillation(1).withAlignment(0.25)
            .withPenalty(Penalty.FISHER).withPenaltyWeight(1);

    /**
     * GIFT with a static Fisher: taken from distillation and alignment over the first 100 updates of a task and kept. It is
     * not EWC, whose Fisher is that of the earlier tasks.
     */
    public static final Method GIFT_STATIC_FISHER = GIFT.withFisherUpdates(100).withPenalty(Penalty.STATIC_FISHER);

    /** The same as published: gradients are never zeroed once the Fisher is taken. */
    public static final Method GIFT_STATIC_FISHER_PUBLISHED =
            GIFT_STATIC_FISHER.withPenalty(Penalty.STATIC_FISHER_AS_PUBLISHED);

    private static final Map<String, Method> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("zeroshot", ZEROSHOT);
        BY_NAME.put("joint", JOINT);
        BY_NAME.put("finetune", FINETUNE);
        BY_NAME.put("wc", WC);
        BY_NAME.put("ewc", EWC);
        BY_NAME.put("lwf", LWF);
        BY_NAME.put("lwf_vr", LWF_VR);
        BY_NAME.put("icarl", ICARL);
        BY_NAME.put("icarl_published", ICARL_PUBLISHED);
        BY_NAME.put("wise_ft", WISE_FT);
        BY_NAME.put("wise_ft_evaluation", WISE_FT_EVALUATION);
        BY_NAME.put("we", WE);
        BY_NAME.put("we_wise", WE_WISE);
        BY_NAME.put("ema", EMA);
        BY_NAME.put("zscl_star", ZSCL_STAR);
        BY_NAME.put("zscl", ZSCL);
        BY_NAME.put("gift", GIFT);
        BY_NAME.put("gift_static_fisher", GIFT_STATIC_FISHER);
        BY_NAME.put("gift_static_fisher_published", GIFT_STATIC_FISHER_PUBLISHED);
    }

    /** The methods by the names that studies use. */
    public static Map<String, Method> byName() {
        return Collections.unmodifiableMap(BY_NAME);
    }
}
