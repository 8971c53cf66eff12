/**
 * Chooses where the data sets of a recipe, plan or study come from: a folder or the mini world.
 *
 * <p>Uses {@code data.readers}, {@code data.packed} and {@code mini}; stands above them for that reason. Start with
 * {@code Sources}; {@code StudyData} is for the file of a study.
 */
package gift.sources;
