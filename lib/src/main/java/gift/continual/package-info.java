/**
 * Continual methods: losses (one method per equation), teachers, weight penalties and averages, and the trainer of one task.
 *
 * <p>Uses {@code clip}, {@code data}, {@code eval} and what is below; knows no files of a study.
 * Start with {@code Methods}, then {@code TaskTrainer}.
 */
package gift.continual;
