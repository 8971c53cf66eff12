package gift.results.figures;

import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.image.Preprocess;
import gift.tensor.HostCopy;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.markers.Marker;

/**
 * Where the features of a task's images and class prompts lie, by several models in one plane. Some classes and some test
 * images of each are taken, the same in every model, by a fixed choice. Images and texts lie far apart in CLIP; the mean
 * of each kind over all models is taken away, so that this gap does not fill the plane.
 */
final class FeatureSpace {
    private static final int CLASSES = 6;
    private static final int IMAGES = 30; // of a class, at most
    private static final double MARGIN = 0.06;

    private final Task task;
    private final List<Integer> classes = new ArrayList<>();
    private final List<Integer> images = new ArrayList<>();
    private final Map<String, double[][]> models = new LinkedHashMap<>(); // images, then class prompts

    FeatureSpace(Task task) {
        this.task = task;
        ImageDataset test = task.test();
        int[] order = RandomStream.of(0, "feature classes").permutation(task.classNames().size());
        int[] drawn = RandomStream.of(0, "feature pictures").permutation(test.size());
        for (int c : order) {
            List<Integer> own = Arrays.stream(drawn).filter(i -> test.label(i) == c).limit(IMAGES).boxed().toList();
            if (!own.isEmpty() && classes.size() < CLASSES) {
                classes.add(c);
                images.addAll(own);
            }
        }
    }

    /** Adds a panel. */
    void add(String name, Clip model, Tokenizer tokenizer) {
        int resolution = model.config().imageResolution();
        int values = 3 * resolution * resolution;
        float[] pixels = new float[values * images.size()];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(Preprocess.normalize(Preprocess.evaluation(task.test().image(images.get(i)), resolution)), 0,
                    pixels, i * values, values);
        }
        List<String> prompts = classes.stream().map(task.trainingPrompts()::get).toList();
        float[][] both = new float[2][];
        Scopes.withoutGradients(() -> {
            Shape shape = new Shape(images.size(), 3, resolution, resolution);
            both[0] = HostCopy.floats(model.imageFeatures(model.manager().create(pixels, shape)));
            both[1] = HostCopy.floats(model.textFeatures(tokenizer.rows(prompts, model.config().contextLength(), false)));
        });
        int width = model.config().embedDim();
        models.put(name, IntStream.range(0, images.size() + classes.size()).mapToObj(i -> i < images.size()
                ? row(both[0], i, width) : row(both[1], i - images.size(), width)).toArray(double[][]::new));
    }

    private static double[] row(float[] all, int i, int width) {
        return IntStream.range(i * width, (i + 1) * width).mapToDouble(k -> all[k]).toArray();
    }

    /** The figure, a panel for each model. */
    Figure figure(String title) {
        int each = images.size() + classes.size();
        double[][] all = models.values().stream().flatMap(Arrays::stream).toArray(double[][]::new);
        double[][] places = PrincipalPlane.of(centred(all, each));
        Map<String, SeriesStyle> styles = new LinkedHashMap<>();
        for (int k = 0; k < classes.size(); k++) {
            styles.put(task.classNames().get(classes.get(k)), SeriesStyle.of(k + 1));
        }
        List<Chart<?, ?>> panels = new ArrayList<>();
        for (String name : models.keySet()) {
            XYChart chart = Charts.xy(330, 330, name, "first component", "second component");
            chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter).setMarkerSize(6);
            limits(chart, places);
            int from = panels.size() * each;
            List<String> names = new ArrayList<>(styles.keySet());
            for (int k = 0; k < names.size(); k++) {
                int c = classes.get(k);
                int[] own = IntStream.range(0, images.size()).filter(i -> task.test().label(images.get(i)) == c)
                        .map(i -> from + i).toArray();
                points(chart, names.get(k), places, own, styles.get(names.get(k)), styles.get(names.get(k)).marker());
            }
            for (int k = 0; k < names.size(); k++) {
                points(chart, names.get(k) + " (prompt)", places, new int[] {from + images.size() + k},
                        styles.get(names.get(k)), Mark.PROMPT);
            }
            panels.add(chart);
        }
        List<Figure.Key> keys = new ArrayList<>();
        styles.forEach((name, style) -> keys.add(new Figure.Key(name, style, false)));
        keys.add(new Figure.Key("class prompt, in the colour of its class",
                new SeriesStyle(Color.BLACK, SeriesStyle.of(0).stroke(), Mark.PROMPT), false));
        return new Figure(title, "principal components of all panels together; the mean of images and that of prompts taken away",
                keys, panels, 3);
    }

    /** Without the mean of images and that of prompts, over all models. */
    private double[][] centred(double[][] all, int each) {
        double[][] mean = new double[2][all[0].length];
        int[] count = new int[2];
        for (int i = 0; i < all.length; i++) {
            int kind = i % each < images.size() ? 0 : 1;
            count[kind]++;
            for (int d = 0; d < mean[kind].length; d++) {
                mean[kind][d] += all[i][d];
            }
        }
        double[][] centred = new double[all.length][];
        for (int i = 0; i < all.length; i++) {
            int kind = i % each < images.size() ? 0 : 1;
            double[] row = all[i];
            centred[i] = IntStream.range(0, row.length).mapToDouble(d -> row[d] - mean[kind][d] / count[kind]).toArray();
        }
        return centred;
    }

    private static void limits(XYChart chart, double[][] places) {
        double[] across = Arrays.stream(places).mapToDouble(p -> p[0]).sorted().toArray();
        double[] up = Arrays.stream(places).mapToDouble(p -> p[1]).sorted().toArray();
        double wide = MARGIN * (across[across.length - 1] - across[0]);
        double high = MARGIN * (up[up.length - 1] - up[0]);
        chart.getStyler().setXAxisMin(across[0] - wide).setXAxisMax(across[across.length - 1] + wide).setYAxisMin(up[0] - high)
                .setYAxisMax(up[up.length - 1] + high);
        chart.getStyler().setXAxisDecimalPattern("0.0").setYAxisDecimalPattern("0.0");
    }

    private static void points(XYChart chart, String name, double[][] places, int[] own, SeriesStyle style, Marker marker) {
        XYSeries series = chart.addSeries(name, Arrays.stream(own).mapToDouble(i -> places[i][0]).toArray(),
                Arrays.stream(own).mapToDouble(i -> places[i][1]).toArray());
        series.setMarker(marker);
        series.setMarkerColor(style.color());
    }
}
