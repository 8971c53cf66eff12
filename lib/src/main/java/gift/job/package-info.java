/**
 * Several studies at once by several processes, then tables, figures and the report: {@code gift study}.
 *
 * <p>Uses {@code study} and {@code results}. Start with {@code StudyJob}.
 */
package gift.job;
