namespace LeNetServe.Benchmarks.Strangers;

/// <summary>
/// The squared Mahalanobis distance of features from the nearest class mean, divided by their number. All classes share one covariance
/// (Lee, Lee, Lee, Shin 2018).
/// </summary>
/// <param name="Weight">Features×features: z = weight·features + bias has unit variance within a class.</param>
/// <param name="Bias">One value per feature.</param>
/// <param name="Centers">Classes×features: the class means of z.</param>
internal sealed record Mahalanobis(double[] Weight, double[] Bias, double[] Centers)
{
    private const double Ridge = 0.01;

    // Keeps a feature that hardly varies from deciding alone.
    private const double Floor = 1e-4;

    private int Features => Bias.Length;

    /// <summary>Fits the class means and the covariance on training images.</summary>
    /// <param name="features">N×features.</param>
    /// <param name="labels">The right classes.</param>
    /// <param name="classes">Number of classes, each of which has an image.</param>
    public static Mahalanobis Fit(float[] features, int[] labels, int classes)
    {
        var size = features.Length / labels.Length;
        var means = Means(features, labels, classes, size);
        var covariance = Covariance(features, labels, means, size);
        var whitening = Inverse(Cholesky(covariance, size), size);
        var scale = 1 / Math.Sqrt(size);
        for (var index = 0; index < whitening.Length; index++)
            whitening[index] *= scale;
        var middle = Enumerable.Range(0, size).Select(feature => means.Average(mean => mean[feature])).ToArray();
        return new(
            whitening,
            Array.ConvertAll(Multiply(whitening, middle), value => -value),
            [.. means.SelectMany(mean => Multiply(whitening, [.. mean.Zip(middle, (value, offset) => value - offset)]))]);
    }

    /// <summary>Gets the score of one image.</summary>
    public float Score(ReadOnlySpan<float> features)
    {
        var z = Multiply(Weight, Array.ConvertAll(features.ToArray(), value => (double)value));
        var nearest = double.PositiveInfinity;
        for (var first = 0; first < Centers.Length; first += Features)
        {
            var distance = 0.0;
            for (var index = 0; index < Features; index++)
            {
                var difference = z[index] + Bias[index] - Centers[first + index];
                distance += difference * difference;
            }
            nearest = Math.Min(nearest, distance);
        }
        return (float)nearest;
    }

    private static double[][] Means(float[] features, int[] labels, int classes, int size)
    {
        var means = Enumerable.Range(0, classes).Select(_ => new double[size]).ToArray();
        var counts = new int[classes];
        for (var image = 0; image < labels.Length; image++)
        {
            counts[labels[image]]++;
            for (var index = 0; index < size; index++)
                means[labels[image]][index] += features[image * size + index];
        }
        for (var label = 0; label < classes; label++)
            for (var index = 0; index < size; index++)
                means[label][index] /= Math.Max(1, counts[label]);
        return means;
    }

    /// <summary>The covariance within the classes, with a hundredth of each feature's variance and a floor added on the diagonal.</summary>
    private static double[] Covariance(float[] features, int[] labels, double[][] means, int size)
    {
        var sums = new double[size * size];
        var difference = new double[size];
        for (var image = 0; image < labels.Length; image++)
        {
            for (var index = 0; index < size; index++)
                difference[index] = features[image * size + index] - means[labels[image]][index];
            for (var row = 0; row < size; row++)
                for (var column = 0; column <= row; column++)
                    sums[row * size + column] += difference[row] * difference[column];
        }
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column <= row; column++)
                sums[row * size + column] /= labels.Length;
        }
        var mean = Enumerable.Range(0, size).Average(feature => sums[feature * size + feature]);
        for (var feature = 0; feature < size; feature++)
            sums[feature * size + feature] += Ridge * sums[feature * size + feature] + Floor * mean + double.Epsilon;
        return sums;
    }

    /// <summary>The lower triangle L with L·Lᵀ = the matrix, whose lower triangle is given.</summary>
    private static double[] Cholesky(double[] matrix, int size)
    {
        var lower = new double[size * size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column <= row; column++)
            {
                var sum = matrix[row * size + column];
                for (var index = 0; index < column; index++)
                    sum -= lower[row * size + index] * lower[column * size + index];
                lower[row * size + column] = row == column ? Math.Sqrt(sum) : sum / lower[column * size + column];
            }
        return lower;
    }

    /// <summary>The inverse of a lower triangle, by forward substitution.</summary>
    private static double[] Inverse(double[] lower, int size)
    {
        var inverse = new double[size * size];
        for (var column = 0; column < size; column++)
            for (var row = column; row < size; row++)
            {
                var sum = row == column ? 1.0 : 0;
                for (var index = column; index < row; index++)
                    sum -= lower[row * size + index] * inverse[index * size + column];
                inverse[row * size + column] = sum / lower[row * size + row];
            }
        return inverse;
    }

    private static double[] Multiply(double[] matrix, double[] vector)
    {
        var product = new double[matrix.Length / vector.Length];
        for (var row = 0; row < product.Length; row++)
            for (var column = 0; column < vector.Length; column++)
                product[row] += matrix[row * vector.Length + column] * vector[column];
        return product;
    }
}
