package gift.generate;

import gift.train.FolderLock;
import gift.train.Progress;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Draws what is missing of a plan, together with other processes that do the same at the same time: each takes pieces that no
 * other is at, and reads the model once.
 */
public final class SharedDrawing {
    private static final int PIECE = 20; // batches that a process draws before it looks for more

    private final Generation generation;
    private final Path locks;

    /** @param locks folder in which every piece has a lock */
    public SharedDrawing(Generation generation, Path locks) {
        this.generation = generation;
        this.locks = locks;
    }

    /** Returns when all images are there, whoever has drawn them. */
    public void run() {
        if (generation.left() == 0) {
            return;
        }
        int pieces = (generation.batches() + PIECE - 1) / PIECE;
        try (BatchWork work = generation.work(); Progress progress = new Progress("generating, batches", generation.batches(), 0)) {
            for (int k = 0; k < pieces; k++) {
                int piece = k;
                FolderLock.ifFree(lock(piece), () -> draw(work, piece, progress));
            }
            for (int k = 0; k < pieces; k++) { // those that another process draws, or has left undone
                int piece = k;
                if (!batches(piece).allMatch(generation::isMade)) {
                    FolderLock.alone(lock(piece), true, () -> draw(work, piece, progress));
                }
            }
        }
        generation.finish();
    }

    private int draw(BatchWork work, int piece, Progress progress) {
        return work.make(batches(piece), batch -> progress.step(generation.batch(batch)));
    }

    private IntStream batches(int piece) {
        return IntStream.range(piece * PIECE, Math.min((piece + 1) * PIECE, generation.batches()));
    }

    private Path lock(int piece) {
        return locks.resolve(Integer.toString(piece));
    }
}
