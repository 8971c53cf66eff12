/**
 * The published data sets in the layouts of their archives, one class each, and folders of own images.
 *
 * <p>Uses {@code data}. Start with {@code Datasets}; a new data set is a class beside {@code Dtd} and a line there.
 */
package gift.data.readers;
