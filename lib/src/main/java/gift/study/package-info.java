/**
 * A study: its settings, its runs and their folders, its reference sets, the tuning, the published configuration files.
 *
 * <p>Uses all that learns, generates and evaluates.
 * Start with {@code StudyConfig}, then {@code Study} and {@code SequenceRun}.
 */
package gift.study;
