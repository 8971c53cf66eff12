/**
 * Which archives belong to which data set or model, how to download and unpack them, and whether they are whole.
 *
 * <p>Uses {@code data.readers} and {@code io}. Start with {@code Catalog}.
 */
package gift.data.catalog;
