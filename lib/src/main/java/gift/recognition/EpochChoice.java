package gift.recognition;

/** Which epoch's weights count. */
public enum EpochChoice {
    /** The best on validation images, which are neither trained on nor tested on. */
    VALIDATION,
    /** The last. */
    LAST,
    /** The best on the test images, as the published code chooses: its accuracies are too high by that. Marked in tables. */
    BEST_ON_TEST_AS_PUBLISHED
}
