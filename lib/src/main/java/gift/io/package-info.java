/**
 * Files in and out: safetensors, torch's checkpoints, JSON, CSV, hashes, archives; and {@link
 * gift.io.InputException}, the one line for a user who gave something wrong.
 *
 * <p>Uses no other package. Start with {@code AtomicFiles} and {@code SafeTensors}.
 */
package gift.io;
