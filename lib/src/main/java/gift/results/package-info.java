/**
 * Finished runs and what tables and figures say about them: matrices by method and seed, names of methods, metrics by name.
 *
 * <p>Uses {@code eval}, {@code continual} and {@code recognition}. Start with {@code StudyRuns}.
 */
package gift.results;
