package gift.continual;

/** How a memory of exemplars is filled; see {@link Exemplars}. */
public enum Herding {
    /** After each task, class by class, by the model that has learnt it; each class of any task gets as many. */
    BY_CLASS,
    /**
     * Before each task, over all its images whatever their class, by the model as it is then; each task so far, the current
     * one included, gets as many. The intention of ZSCL's class-incremental code.
     */
    BY_TASK,
    /**
     * What that code does: the current task gets K - K/t of a memory of K, the earlier ones K/t each, so that more than K
     * are kept; only the first 10,000 images of a task are looked at; and each picked image stands for another one than
     * the one that was picked, since numbers of the list without those already picked are taken for numbers of the whole.
     */
    BY_TASK_AS_PUBLISHED,
    /**
     * What ZSCL's multi-domain code does after each task, by the model that has learnt it ({@link
     * Exemplars#afterAsPublished}); its exemplars come in their order, not shuffled.
     */
    AFTER_TASK_AS_PUBLISHED;

    /** Whether the memory holds images of the current task, too. */
    public boolean beforeTraining() {
        return this == BY_TASK || this == BY_TASK_AS_PUBLISHED;
    }
}
