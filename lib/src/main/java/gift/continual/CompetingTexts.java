package gift.continual;

/**
 * Which texts compete in the cross-entropy beside the class prompts of the current task. They are never the right answer.
 * ZSCL's class-incremental code (Zheng et al. 2023) calls the choice {@code ce_method}.
 */
public enum CompetingTexts {
    /** None. */
    NONE,
    /** The class prompts of all earlier tasks. */
    PREVIOUS,
    /**
     * The published form of it: of the class prompts of all tasks so far, the current one included, those but the last N,
     * where N is the number of classes of the FIRST task. The same where all tasks have as many classes; with a larger
     * first task, classes of earlier tasks are missing, with a smaller one, current classes compete twice.
     */
    PREVIOUS_AS_PUBLISHED,
    /** 100 captions of the reference set, drawn anew at every update; the published {@code ext}. */
    CAPTIONS;

    /** How many captions an update draws. */
    public static final int CAPTIONS_OF_AN_UPDATE = 100;
}
