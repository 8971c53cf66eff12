package gift.results.figures;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Points of many dimensions in the plane in which they vary most (principal components; Pearson 1901):
 *
 * <pre>
 * C = 1/n sum_i (x_i - mean) (x_i - mean)^T,   place_i = (v_1 . (x_i - mean), v_2 . (x_i - mean))
 * </pre>
 *
 * <p>v_1 and v_2 are the eigenvectors of C of the two largest eigenvalues, with the component of largest size positive, so
 * that nothing is drawn by chance.
 */
final class PrincipalPlane {
    private PrincipalPlane() {}

    /**
     * Places in the plane, one for each point.
     *
     * @param points n of D values, D at least 2
     */
    static double[][] of(double[][] points) {
        int dimensions = points[0].length;
        double[] mean = new double[dimensions];
        for (double[] point : points) {
            for (int d = 0; d < dimensions; d++) {
                mean[d] += point[d] / points.length;
            }
        }
        RealMatrix centred = new Array2DRowRealMatrix(points.length, dimensions);
        for (int i = 0; i < points.length; i++) {
            for (int d = 0; d < dimensions; d++) {
                centred.setEntry(i, d, points[i][d] - mean[d]);
            }
        }
        EigenDecomposition parts = new EigenDecomposition(centred.transpose().multiply(centred).scalarMultiply(1.0 / points.length));
        double[][] places = new double[points.length][2];
        for (int axis = 0; axis < 2; axis++) {
            double[] along = centred.operate(directed(parts.getEigenvector(axis).toArray())); // largest eigenvalues first
            for (int i = 0; i < points.length; i++) {
                places[i][axis] = along[i];
            }
        }
        return places;
    }

    private static double[] directed(double[] vector) {
        double largest = 0;
        for (double value : vector) {
            largest = Math.abs(value) > Math.abs(largest) ? value : largest;
        }
        double sign = largest < 0 ? -1 : 1;
        for (int d = 0; d < vector.length; d++) {
            vector[d] *= sign;
        }
        return vector;
    }
}
