package gift.units;

import gift.generate.BatchWork;
import gift.generate.Generation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/** A generation plan: a unit is a batch, one call of the model. Tables and manifests are written when they are collected. */
final class ImageUnits implements Units {
    private final Generation generation;

    ImageUnits(Generation generation) {
        this.generation = generation;
    }

    Generation generation() {
        return generation;
    }

    @Override
    public String name() {
        return generation.output().getFileName().toString();
    }

    @Override
    public int size() {
        return generation.batches();
    }

    @Override
    public String id(int index) {
        return generation.batch(index);
    }

    @Override
    public BitSet done() {
        return generation.made();
    }

    @Override
    public boolean isDone(int index) {
        return generation.isMade(index);
    }

    @Override
    public Path above() {
        return generation.output().toAbsolutePath().getParent();
    }

    @Override
    public void prepare() {
        generation.prepare();
    }

    @Override
    public void work(List<Integer> indices, Session session) {
        try (BatchWork work = generation.work()) {
            indices.forEach(index -> session.attempt(index, () -> work.make(index)));
        }
    }

    @Override
    public void collect(PrintWriter out) {
        generation.finish();
        out.println(generation.summary());
    }
}
