/**
 * The operators of a network in plain Java. The engine is compared with them before it is believed, and in tests.
 *
 * <p>Uses no other package. Start with {@code PlainMath}.
 */
package gift.plain;
