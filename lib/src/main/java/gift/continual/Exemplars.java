package gift.continual;

import gift.clip.Clip;
import gift.data.ImageDataset;
import gift.data.PairDataset;
import gift.data.Task;
import gift.image.Preprocess;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.HostCopy;
import gift.tensor.HostImages;
import gift.tensor.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The memory of iCaRL (Rebuffi et al. 2017): for every class learnt so far the numbers of some training images, those
 * whose mean is nearest the class mean. Never changes. {@link Herding} names other ways to fill it.
 *
 * @param chosen for each task learnt, for each of its classes, the numbers of its exemplars in the order of herding; one
 *     list for the whole task where herding is per task
 */
public record Exemplars(List<List<int[]>> chosen) {
    private static final int BATCH = 64;
    private static final int LOOKED_AT = 30_000; // images of a task, by the published multi-domain code
    private static final int LOOKED_AT_AS_PUBLISHED = 10_000; // images of a task

    public static final Exemplars NONE = new Exemplars(List.of());

    /**
     * The exemplars after one more task. Each class of any task gets as many as the others; those with longer lists
     * keep the first ones.
     *
     * @param model the model after training on the task
     * @param resolution R, pixels of a side
     * @param memory exemplars of all classes together, at most
     * @throws InputException if there are more classes than that
     */
    public Exemplars after(Task task, Clip model, int resolution, int memory) {
        int classes = task.classNames().size() + chosen.stream().mapToInt(List::size).sum();
        int each = memory / classes;
        if (each == 0) {
            throw new InputException("a memory of " + memory + " has no place for " + classes + " classes");
        }
        List<List<int[]>> all = new ArrayList<>();
        for (List<int[]> earlier : chosen) {
            all.add(earlier.stream().map(one -> Arrays.copyOf(one, Math.min(one.length, each))).toList());
        }
        all.add(herd(task.train(), task.classNames().size(), model, resolution, each));
        return new Exemplars(List.copyOf(all));
    }

    /**
     * The exemplars after one more task, as the published code of ZSCL chooses them ({@code dynamic_dataset.py}): with t
     * tasks learnt, the earlier ones keep their first K / t, and the new one adds K - K / t instead of K / t, so that all
     * together are more than K from the third task on. Classes are not told apart. Of the first task they are the first K
     * training images. Of the others they are herded, but with numbers into the list of images not yet chosen, which stand
     * for other images: some come twice, some not. No more than the first 30,000 images are looked at.
     *
     * @param model the model after training on the task
     * @param resolution R, pixels of a side
     * @param memory K
     */
    public Exemplars afterAsPublished(Task task, Clip model, int resolution, int memory) {
        int t = chosen.size() + 1;
        int each = memory / t;
        List<List<int[]>> all = new ArrayList<>();
        for (List<int[]> earlier : chosen) {
            int[] numbers = earlier.get(0);
            all.add(List.of(Arrays.copyOf(numbers, Math.min(numbers.length, each))));
        }
        int[] looked = IntStream.range(0, Math.min(LOOKED_AT, task.train().size())).toArray();
        all.add(List.of(t == 1 ? Arrays.copyOf(looked, Math.min(looked.length, memory))
                : herdAsPublished(features(task.train().subset(looked), model, resolution), memory - each)));
        return new Exemplars(List.copyOf(all));
    }

    /** The order of herding, each number counted in the list of those that are left: what the published code takes it for. */
    static int[] herdAsPublished(float[][] features, int count) {
        List<Integer> left = new ArrayList<>(IntStream.range(0, features.length).boxed().toList());
        return Arrays.stream(herd(features, count)).map(number -> {
            int place = left.indexOf(number);
            left.remove(place);
            return place;
        }).toArray();
    }

    /**
     * The exemplars before one more task is learnt, its own included: {@link Herding#BY_TASK}, or as published. The t-th
     * task gets K/t, as published K - K/t (K the first), of a memory of K; each earlier one keeps its first K/t.
     *
     * @param model the model before training on the task
     * @throws InputException if there are more tasks than places
     */
    public Exemplars before(Task task, Clip model, int resolution, int memory, boolean asPublished) {
        ImageDataset data = !asPublished || task.train().size() <= LOOKED_AT_AS_PUBLISHED ? task.train()
                : task.train().subset(IntStream.range(0, LOOKED_AT_AS_PUBLISHED).toArray());
        return before(features(data, model, resolution), memory, asPublished);
    }

    /**
     * {@link #before(Task, Clip, int, int, boolean)} of features that are known.
     *
     * @param features f of each image of the task, unit length
     */
    public Exemplars before(float[][] features, int memory, boolean asPublished) {
        int tasks = chosen.size() + 1;
        int each = memory / tasks;
        if (each == 0) {
            throw new InputException("a memory of " + memory + " has no place for " + tasks + " tasks");
        }
        return with(asPublished ? herdAsPublished(features, memory, tasks) : herd(features, each), each);
    }

    /** One more task with these images; each earlier one keeps its first {@code each}. */
    private Exemplars with(int[] images, int each) {
        List<List<int[]>> all = new ArrayList<>();
        chosen.forEach(one -> all.add(List.of(Arrays.copyOf(one.get(0), Math.min(one.get(0).length, each)))));
        all.add(List.of(images));
        return new Exemplars(List.copyOf(all));
    }

    /**
     * The images that the published class-incremental code keeps of its t-th task. It picks as {@link #herd(float[][], int)}
     * does, K - K/t images (K for t = 1). What it keeps is number i of all images, where i is the place of the picked
     * image among those not yet picked.
     *
     * @param features f of each image, unit length
     * @param memory K
     * @param tasks t, counted from 1
     */
    public static int[] herdAsPublished(float[][] features, int memory, int tasks) {
        int count = memory == memory / tasks ? memory : memory - memory / tasks;
        int[] picked = herd(features, count);
        return IntStream.range(0, picked.length).map(k ->
                picked[k] - (int) Arrays.stream(picked, 0, k).filter(earlier -> earlier < picked[k]).count()).toArray();
    }

    private static List<int[]> herd(ImageDataset data, int classes, Clip model, int resolution, int each) {
        float[][] features = features(data, model, resolution);
        int[] labels = data.labels();
        List<int[]> result = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            int number = c;
            int[] members = IntStream.range(0, labels.length).filter(i -> labels[i] == number).toArray();
            float[][] own = Arrays.stream(members).mapToObj(i -> features[i]).toArray(float[][]::new);
            result.add(Arrays.stream(herd(own, each)).map(k -> members[k]).toArray());
        }
        return result;
    }

    /**
     * Herding: one after the other, p_k = argmin_x || mu - 1/k (f(x) + sum_(j&lt;k) f(p_j)) || with mu the mean of all
     * features; the first of equals.
     *
     * @param features f of each image, unit length
     * @return numbers of the images in the order in which they are chosen, at most {@code count}
     */
    public static int[] herd(float[][] features, int count) {
        int n = features.length;
        int d = n == 0 ? 0 : features[0].length;
        double[] mean = new double[d];
        for (float[] f : features) {
            for (int k = 0; k < d; k++) {
                mean[k] += f[k] / (double) n;
            }
        }
        double[] sum = new double[d];
        boolean[] taken = new boolean[n];
        int[] order = new int[Math.min(count, n)];
        for (int k = 0; k < order.length; k++) {
            int best = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < n; i++) {
                double distance = taken[i] ? Double.POSITIVE_INFINITY : distance(mean, sum, features[i], k + 1);
                if (distance < least) {
                    least = distance;
                    best = i;
                }
            }
            order[k] = best;
            taken[best] = true;
            for (int j = 0; j < d; j++) {
                sum[j] += features[best][j];
            }
        }
        return order;
    }

    /** Squared distance of the mean from (sum + next) / count. */
    private static double distance(double[] mean, double[] sum, float[] next, int count) {
        double total = 0;
        for (int j = 0; j < mean.length; j++) {
            double difference = mean[j] - (sum[j] + next[j]) / count;
            total += difference * difference;
        }
        return total;
    }

    /** Unit-length features of all images, evaluation preprocessing. */
    private static float[][] features(ImageDataset data, Clip model, int r) {
        float[][] all = new float[data.size()][];
        for (int from = 0; from < all.length; from += BATCH) {
            int count = Math.min(BATCH, all.length - from);
            int start = from;
            HostImages images = HostImages.of(count, i -> Preprocess.evaluation(data.image(start + i), r));
            Scopes.withoutGradients(() -> {
                float[] some = HostCopy.floats(model.imageFeatures(images.on(model.manager())));
                int d = some.length / count;
                for (int i = 0; i < count; i++) {
                    all[start + i] = Arrays.copyOfRange(some, i * d, (i + 1) * d);
                }
            });
        }
        return all;
    }

    /** How many images are kept. */
    public int size() {
        return chosen.stream().flatMap(List::stream).mapToInt(one -> one.length).sum();
    }

    /**
     * The images themselves, captioned with the first template of their task.
     *
     * @param tasks the tasks learnt, in order; further ones are ignored
     */
    public PairDataset images(List<Task> tasks) {
        List<PairDataset> parts = new ArrayList<>();
        for (int t = 0; t < chosen.size(); t++) {
            int[] numbers = chosen.get(t).stream().flatMapToInt(Arrays::stream).toArray();
            Task task = tasks.get(t);
            parts.add(PairDataset.of(task.train().subset(numbers), task.templates().get(0)));
        }
        return PairDataset.concat(parts);
    }

    public void write(Path file) {
        AtomicFiles.writeString(file, Json.line(this) + "\n");
    }

    /** @throws InputException if the file is not one of exemplars */
    public static Exemplars read(Path file) {
        return Json.read(file, Exemplars.class);
    }
}
