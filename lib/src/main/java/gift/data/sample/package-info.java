/**
 * Small made-up data sets in the true layouts of the published ones, for tests and dry runs.
 *
 * <p>Uses {@code data} and {@code image}. Start with {@code SampleSets}.
 */
package gift.data.sample;
