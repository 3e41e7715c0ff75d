namespace LeNetServe.Imaging;

/// <summary>
/// The brightness of the paper under a drawing: a quadratic surface, so lamp, shadow and vignette count as paper. The fit is iteratively
/// reweighted least squares with Tukey's biweight, which tolerates ink on up to half of the picture (P. Huber, "Robust Statistics", 1981).
/// </summary>
internal readonly struct PaperSurface
{
    private const int Terms = 6;

    /// <summary>The columns of the equations: a coefficient for each term, and the right side.</summary>
    private const int Columns = Terms + 1;
    private const int Iterations = 8;
    private const int MaxSamples = 4096;

    /// <summary>Tukey's constant, in standard deviations: 95 % efficiency on normal noise.</summary>
    private const double Tukey = 4.685;

    /// <summary>The least noise, in gray levels. A perfect drawing has none, and the fit divides by it.</summary>
    private const double MinNoise = 1;

    private readonly double[] coefficients;
    private readonly int height;
    private readonly int width;

    private PaperSurface(double[] coefficients, int height, int width)
    {
        this.coefficients = coefficients;
        this.height = height;
        this.width = width;
    }

    /// <summary>Fits the paper of a gray picture, H×W.</summary>
    public static PaperSurface Fit(ReadOnlySpan<byte> pixels, int height, int width)
    {
        var step = Math.Max(1, (int)Math.Ceiling(Math.Sqrt((double)height * width / MaxSamples)));
        var (rows, columns) = ((height + step - 1) / step, (width + step - 1) / step);
        var samples = new byte[rows * columns];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                samples[row * columns + column] = pixels[row * step * width + column * step];

        var surface = new PaperSurface([Median(samples), 0, 0, 0, 0, 0], rows, columns);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var refined = surface.Refine(samples);
            // An equal surface would give itself again. On paper of one brightness, this is the third.
            if (refined.coefficients.AsSpan().SequenceEqual(surface.coefficients))
                break;
            surface = refined;
        }
        return new(surface.coefficients, height, width);
    }

    /// <summary>Picture minus paper: about 0 on paper, far from it on ink.</summary>
    public void Subtract(ReadOnlySpan<byte> pixels, Span<float> residuals)
    {
        for (var row = 0; row < height; row++)
            for (var column = 0; column < width; column++)
                residuals[row * width + column] = (float)(pixels[row * width + column] - At(row, column));
    }

    private PaperSurface Refine(ReadOnlySpan<byte> samples)
    {
        var residuals = new float[samples.Length];
        Subtract(samples, residuals);
        var reach = Tukey * Math.Max(MinNoise, Noise(residuals));
        Span<double> normal = stackalloc double[Terms * Columns];
        normal.Clear();
        for (var index = 0; index < samples.Length; index++)
        {
            var distance = residuals[index] / reach;
            if (Math.Abs(distance) >= 1)
                continue;
            var weight = (1 - distance * distance) * (1 - distance * distance);
            var x = Place(index % width, width);
            var y = Place(index / width, height);
            ReadOnlySpan<double> terms = [1, x, y, x * x, x * y, y * y, samples[index]];
            for (var row = 0; row < Terms; row++)
            {
                var weighted = weight * terms[row];
                var sums = normal.Slice(row * Columns, Columns);
                for (var column = row; column < Columns; column++)
                    sums[column] += weighted * terms[column];
            }
        }
        return new(Solve(normal), height, width);
    }

    /// <summary>Gets the standard deviation of the paper, from the median of the residuals' sizes.</summary>
    public static double Noise(ReadOnlySpan<float> residuals)
    {
        var sizes = new byte[residuals.Length];
        for (var index = 0; index < sizes.Length; index++)
            sizes[index] = (byte)Math.Min(255, 4 * Math.Abs(residuals[index]));
        return 1.4826 * Median(sizes) / 4;
    }

    private static double Median(ReadOnlySpan<byte> values)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var value in values)
            counts[value]++;
        var seen = counts[0];
        var level = 0;
        while (2 * seen < values.Length)
            seen += counts[++level];
        return level;
    }

    private double At(int row, int column)
    {
        var x = Place(column, width);
        var y = Place(row, height);
        var c = coefficients;
        return c[0] + (c[1] * x) + (c[2] * y) + (c[3] * (x * x)) + (c[4] * (x * y)) + (c[5] * (y * y));
    }

    /// <summary>Gets the middle of a pixel on a side that goes from −1 to 1.</summary>
    private static double Place(int pixel, int side) => (2d * pixel + 1) / side - 1;

    /// <summary>Solves the symmetric equations by elimination from their upper half. A term without support becomes 0.</summary>
    private static double[] Solve(Span<double> normal)
    {
        for (var row = 0; row < Terms; row++)
            for (var column = 0; column < row; column++)
                normal[(row * Columns) + column] = normal[(column * Columns) + row];
        for (var pivot = 0; pivot < Terms; pivot++)
        {
            if (normal[(pivot * Columns) + pivot] < 1e-9)
                continue;
            for (var row = pivot + 1; row < Terms; row++)
            {
                var factor = normal[(row * Columns) + pivot] / normal[(pivot * Columns) + pivot];
                for (var column = pivot; column <= Terms; column++)
                    normal[(row * Columns) + column] -= factor * normal[(pivot * Columns) + column];
            }
        }
        var solution = new double[Terms];
        for (var row = Terms - 1; row >= 0; row--)
        {
            if (normal[(row * Columns) + row] < 1e-9)
                continue;
            var sum = normal[(row * Columns) + Terms];
            for (var column = row + 1; column < Terms; column++)
                sum -= normal[(row * Columns) + column] * solution[column];
            solution[row] = sum / normal[(row * Columns) + row];
        }
        return solution;
    }
}
