/**
 * The processor, how the engine computes on it, and the switches of libtorch that DJL does not offer.
 *
 * <p>Uses no other package. Start with {@code Processor}.
 */
package gift.tensor.machine;
