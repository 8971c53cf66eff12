/**
 * The operators of a network in plain Java, which the engine is compared with.
 *
 * <p>Uses no other package. Start with {@code PlainMath}.
 */
package gift.tensor.plain;
