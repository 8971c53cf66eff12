package gift.incremental;

import gift.continual.CompetingTexts;
import gift.continual.Herding;
import gift.continual.Method;
import gift.continual.Method.Penalty;
import gift.continual.Method.Teacher;
import gift.continual.Methods;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The methods as ZSCL's class-incremental code sets them. In a class-incremental study a name stands for the method here;
 * names that are not here are those of {@link Methods}.
 *
 * <p>Distillation has the fixed weight 5 in both directions, temperature 2, and the teacher's text features on both sides.
 * Of LwF, LwF-VR and iCaRL the published teacher is the student itself, so that they are fine-tuning but for rounding; these
 * are called {@code _published}, and the others have the previous model as the teacher.
 */
public final class IncrementalMethods {
    private static final double DISTILLATION = 5; // rows and columns, each
    private static final int AVERAGE_EVERY = 10;  // updates
    private static final int MEMORY = 5_000;      // exemplars in all

    /** The pretrained model's answers on reference images against all reference sentences, and the weight ensemble; no l2. */
    public static final Method ZSCL = Methods.ZSCL_STAR.withDistillation(DISTILLATION).withAverageEvery(AVERAGE_EVERY);

    /** The published {@code l2} on fine-tuning. */
    public static final Method WC = Methods.FINETUNE.withPenalty(Penalty.L2).withPenaltyWeight(1);

    /** The weight ensemble, which the published code has for ZSCL alone. */
    public static final Method WE = Methods.WE.withAverageEvery(AVERAGE_EVERY);

    /** LwF: the previous model's answers to the current step's images among the current class prompts. */
    public static final Method LWF = Methods.LWF.withDistillation(DISTILLATION);

    /** LwF-VR: the same against 1,000 random sentences. */
    public static final Method LWF_VR = Methods.LWF_VR.withDistillation(DISTILLATION);

    /** iCaRL: the previous model's answers to exemplars of the classes of earlier steps. */
    public static final Method ICARL = Methods.ICARL.withTeacher(Teacher.PREVIOUS).withDistillation(DISTILLATION)
            .withMemory(MEMORY);

    /** iCaRL with the memory that the published code means to keep: of all steps so far, the current one included. */
    public static final Method ICARL_BY_TASK = ICARL.with(Map.of("herding", Herding.BY_TASK));

    public static final Method LWF_PUBLISHED = LWF.withTeacher(Teacher.STUDENT_AS_PUBLISHED);

    public static final Method LWF_VR_PUBLISHED = LWF_VR.withTeacher(Teacher.STUDENT_AS_PUBLISHED);

    public static final Method ICARL_PUBLISHED = ICARL.withTeacher(Teacher.STUDENT_AS_PUBLISHED)
            .with(Map.of("herding", Herding.BY_TASK_AS_PUBLISHED));

    /** Fine-tuning with the prompts of earlier steps among the answers. */
    public static final Method FINETUNE_PREVIOUS = Methods.FINETUNE.with(Map.of("competing_texts", CompetingTexts.PREVIOUS));

    /** Fine-tuning with 100 random captions of the reference set among the answers of every update (published: ext). */
    public static final Method FINETUNE_CAPTIONS = Methods.FINETUNE.withReference(Methods.ZSCL.reference())
            .with(Map.of("competing_texts", CompetingTexts.CAPTIONS));

    private static final Map<String, Method> BY_NAME = new LinkedHashMap<>(Methods.byName());

    static {
        BY_NAME.put("wc", WC);
        BY_NAME.put("we", WE);
        BY_NAME.put("lwf", LWF);
        BY_NAME.put("lwf_published", LWF_PUBLISHED);
        BY_NAME.put("lwf_vr", LWF_VR);
        BY_NAME.put("lwf_vr_published", LWF_VR_PUBLISHED);
        BY_NAME.put("icarl", ICARL);
        BY_NAME.put("icarl_by_task", ICARL_BY_TASK);
        BY_NAME.put("icarl_published", ICARL_PUBLISHED);
        BY_NAME.put("finetune_previous", FINETUNE_PREVIOUS);
        BY_NAME.put("finetune_captions", FINETUNE_CAPTIONS);
        BY_NAME.put("zscl_star", ZSCL);
        BY_NAME.put("zscl", ZSCL);
    }

    private IncrementalMethods() {}

    /** The methods by the names that class-incremental studies use. */
    public static Map<String, Method> byName() {
        return Collections.unmodifiableMap(BY_NAME);
    }
}
