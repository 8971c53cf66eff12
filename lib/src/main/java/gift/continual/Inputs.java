package gift.continual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.TokenRows;
import gift.continual.Method.Texts;
import gift.continual.Method.Towers;
import gift.tensor.Devices;
import gift.tensor.HostBuffers;
import gift.tensor.HostImages;
import gift.tensor.Images;
import gift.tensor.PackedNumbers;
import gift.tensor.Scopes;
import gift.train.Prefetch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the updates of a task see, made ahead of them by other threads and brought to the device in two transfers each, before
 * anything is computed: the images as bytes, in buffers that are used over again, and all whole numbers, which are labels,
 * tokens and rows of the teacher's known features.
 */
final class Inputs implements AutoCloseable {
    private final Clip student;
    private final Method method;
    private final Training training;
    private final TaskBatches data;
    private final ReferencePairs pairs; // null if the method uses none
    private final Teacher teacher;      // null if the method has none
    private final boolean looks;        // at the images of pairs
    private final boolean reads;        // their texts
    private final NDManager manager;
    private final HostBuffers buffers = new HostBuffers();
    private final Prefetch<Update> updates;

    /**
     * @param student on whose device the inputs are wanted; the teacher takes texts as it does
     * @param pairs which the method uses; null for none
     * @param teacher of the method; null for none
     */
    Inputs(Clip student, Method method, Training training, TaskBatches data, ReferencePairs pairs, Teacher teacher) {
        this.student = student;
        this.method = method;
        this.training = training;
        this.data = data;
        this.pairs = pairs;
        this.teacher = teacher;
        this.looks = pairs != null && (method.towers() != Towers.TEXT || teacher.looks());
        this.reads = pairs != null && method.towers() != Towers.IMAGE;
        this.manager = Devices.newManager(student.manager().getDevice());
        this.updates = new Prefetch<>(this::make, training.iterations() + 1);
    }

    /** The inputs of update i, to be closed after it. */
    Update of(int i) {
        return updates.get(i);
    }

    private Update make(int i) {
        TaskBatches.Batch batch = data.batch(i);
        PackedNumbers numbers = new PackedNumbers();
        Task task = new Task(batch.pixels().count(), numbers.add(batch.labels()), parts(data.classTokens(i), numbers));
        HostImages images = batch.pixels();
        Reference reference = null;
        if (pairs != null) {
            int[] drawn = pairs.batch(i);
            images = looks ? images.and(pairs.images(drawn, i)) : images;
            reference = reference(drawn, numbers);
        }
        ByteBuffer buffer = images.fill(buffers);
        HostImages all = images;
        return new Update(buffer, Scopes.outside(() -> all.write(manager, buffer)), images.count(),
                Scopes.outside(() -> numbers.write(manager)), task, reference);
    }

    /** The parts of the numbers that the update needs of pairs. */
    private Reference reference(int[] drawn, PackedNumbers numbers) {
        boolean paired = method.texts() == Texts.PAIRED;
        int[] texts = paired ? Arrays.stream(drawn).map(pairs::text).toArray()
                : IntStream.range(0, pairs.texts().length).toArray();
        long[][] rows = reads || teacher != null && teacher.reads() ? Teacher.rows(pairs, texts) : null;
        return new Reference(
                teacher == null || teacher.looks() ? null : numbers.add(PackedNumbers.longs(drawn)),
                teacher == null || teacher.reads() ? null : numbers.add(PackedNumbers.longs(texts)),
                teacher == null || !teacher.reads() ? null
                        : student.text().rows(rows, training.shortcuts().cutTexts()).into(numbers),
                reads ? parts(rows, numbers) : null);
    }

    private List<TokenRows.Parts> parts(long[][] tokens, PackedNumbers numbers) {
        return GradCache.rows(student, tokens, training).stream().map(rows -> rows.into(numbers)).toList();
    }

    /** Of the task: how many images, and where its labels and class prompts (by micro-batch) are. */
    private record Task(int images, PackedNumbers.Part labels, List<TokenRows.Parts> prompts) {}

    /** Of the pairs, null where it is not needed: rows of the teacher's features; texts for the teacher and the student. */
    private record Reference(PackedNumbers.Part imageRows, PackedNumbers.Part textRows, TokenRows.Parts taught,
            List<TokenRows.Parts> texts) {}

    /** The inputs of one update. What its methods return belongs to the scope around, and not longer than this is open. */
    final class Update implements AutoCloseable {
        private final ByteBuffer buffer;
        private final NDArray images; // of the task, then of the pairs
        private final int count;      // of both
        private final NDArray numbers;
        private final Task task;
        private final Reference reference;

        private Update(ByteBuffer buffer, NDArray images, int count, NDArray numbers, Task task, Reference reference) {
            this.buffer = buffer;
            this.images = images;
            this.count = count;
            this.numbers = numbers;
            this.task = task;
            this.reference = reference;
        }

        /** Images of the task, (B, 3, R, R), normalized. */
        NDArray images() {
            return normalized(0, task.images);
        }

        /** Their class numbers, (B). */
        NDArray labels() {
            return task.labels.of(numbers);
        }

        /** The class prompts, by micro-batch. */
        List<TokenRows.OnDevice> prompts() {
            return task.prompts.stream().map(part -> part.of(numbers)).toList();
        }

        /** Images of the pairs, (P, 3, R, R), normalized; null if the method looks at none. */
        NDArray pairImages() {
            return looks ? normalized(task.images, count) : null;
        }

        /** The texts that the student reads, by micro-batch. */
        List<TokenRows.OnDevice> texts() {
            return reference.texts.stream().map(part -> part.of(numbers)).toList();
        }

        /**
         * The teacher's features of the pairs.
         *
         * @param pairImages what {@link #pairImages} has returned
         */
        ReferenceLoss.Features taught(NDArray pairImages) {
            NDArray imageRows = reference.imageRows == null ? null : reference.imageRows.of(numbers);
            NDArray textRows = reference.textRows == null ? null : reference.textRows.of(numbers);
            TokenRows.OnDevice tokens = reference.taught == null ? null : reference.taught.of(numbers);
            return ReferenceLoss.Features.of(
                    teacher.images(imageRows, pairImages), teacher.texts(textRows, tokens), teacher.scale());
        }

        private NDArray normalized(int from, int to) {
            return Images.normalized(images.get(from + ":" + to));
        }

        @Override
        public void close() {
            images.close();
            numbers.close();
            buffers.give(buffer);
        }
    }

    @Override
    public void close() {
        updates.close();
        manager.close();
    }
}
