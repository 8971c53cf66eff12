/**
 * What is there and what is missing before a study runs, and how long it will take: {@code gift doctor}.
 *
 * <p>Uses {@code study} and what is below. Start with {@code Doctor}.
 */
package gift.doctor;
