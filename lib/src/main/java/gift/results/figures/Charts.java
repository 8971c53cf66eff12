package gift.results.figures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.Locale;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts in the project's looks: white, a light grid, no legend of their own. Sizes in points. */
final class Charts {
    private static final Color GRID = new Color(0xdddddd);
    private static final Font LABELS = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    private static final Font HEAD = new Font(Font.SANS_SERIF, Font.BOLD, 12);

    private Charts() {}

    static XYChart xy(int width, int height, String title, String x, String y) {
        XYChart chart = new XYChart(width, height);
        named(chart, title, x, y);
        look(chart.getStyler());
        chart.getStyler().setMarkerSize(7);
        return chart;
    }

    static CategoryChart category(int width, int height, String title, String x, String y) {
        CategoryChart chart = new CategoryChart(width, height);
        named(chart, title, x, y);
        look(chart.getStyler());
        chart.getStyler().setMarkerSize(7);
        chart.getStyler().setOverlapped(true); // else series of lines are moved sideways, as if they were bars
        return chart;
    }

    static void named(Chart<?, ?> chart, String title, String x, String y) {
        chart.setTitle(title);
        chart.setXAxisTitle(x);
        chart.setYAxisTitle(y);
    }

    static void look(AxesChartStyler styler) {
        styler.setLegendVisible(false).setChartBackgroundColor(Color.WHITE).setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderColor(Color.GRAY).setChartTitleFont(HEAD).setChartTitleBoxVisible(false).setChartPadding(6);
        styler.setAxisTitleFont(Figure.TEXT).setAxisTickLabelsFont(LABELS).setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(0.8f)).setLocale(Locale.ROOT);
    }

    /** A line with markers; NaN values are gaps. */
    static XYSeries line(XYChart chart, String name, double[] x, double[] y, SeriesStyle style) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setLineColor(style.color());
        series.setLineStyle(style.stroke());
        series.setMarker(style.marker());
        series.setMarkerColor(style.color());
        return series;
    }

    /** A plain thin line, such as an interval. */
    static void thin(XYChart chart, String name, double[] x, double[] y, Color color) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setLineColor(color);
        series.setLineStyle(new BasicStroke(1.2f));
        series.setMarker(SeriesMarkers.NONE);
    }

    /** The next multiple of {@code step} at or below (above, if {@code up}) a value. */
    static double rounded(double value, double step, boolean up) {
        return (up ? Math.ceil(value / step) : Math.floor(value / step)) * step;
    }
}
