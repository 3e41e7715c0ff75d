namespace LeNetServe.Imaging;

/// <summary>
/// The brightness of the paper under a drawing: a quadratic surface, so lamp, shadow and vignette count as paper. The fit is iteratively
/// reweighted least squares with Tukey's biweight, which tolerates ink on up to half of the picture (P. Huber, "Robust Statistics", 1981).
/// </summary>
internal readonly struct PaperSurface
{
    private const int Terms = 6;
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
            surface = surface.Refine(samples);
        return new(surface.coefficients, height, width);
    }

    /// <summary>Picture minus paper: about 0 on paper, far from it on ink.</summary>
    public void Subtract(ReadOnlySpan<byte> pixels, Span<float> residuals)
    {
        Span<double> terms = stackalloc double[Terms];
        for (var row = 0; row < height; row++)
            for (var column = 0; column < width; column++)
                residuals[row * width + column] = (float)(pixels[row * width + column] - At(row, column, terms));
    }

    private PaperSurface Refine(ReadOnlySpan<byte> samples)
    {
        Span<double> terms = stackalloc double[Terms];
        var residuals = new float[samples.Length];
        Subtract(samples, residuals);
        var reach = Tukey * Math.Max(MinNoise, Noise(residuals));
        var normal = new double[Terms, Terms + 1];
        for (var index = 0; index < samples.Length; index++)
        {
            var distance = residuals[index] / reach;
            if (Math.Abs(distance) >= 1)
                continue;
            var weight = (1 - distance * distance) * (1 - distance * distance);
            FillTerms(index / width, index % width, terms);
            for (var row = 0; row < Terms; row++)
            {
                for (var column = row; column < Terms; column++)
                    normal[row, column] += weight * terms[row] * terms[column];
                normal[row, Terms] += weight * terms[row] * samples[index];
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

    private double At(int row, int column, Span<double> terms)
    {
        FillTerms(row, column, terms);
        var sum = 0d;
        for (var term = 0; term < Terms; term++)
            sum += coefficients[term] * terms[term];
        return sum;
    }

    /// <summary>1, x, y, x², xy, y² with x and y in −1..1.</summary>
    private void FillTerms(int row, int column, Span<double> terms)
    {
        var x = (2d * column + 1) / width - 1;
        var y = (2d * row + 1) / height - 1;
        ReadOnlySpan<double> values = [1, x, y, x * x, x * y, y * y];
        values.CopyTo(terms);
    }

    /// <summary>Solves the symmetric equations by elimination from their upper half. A term without support becomes 0.</summary>
    private static double[] Solve(double[,] normal)
    {
        for (var row = 0; row < Terms; row++)
            for (var column = 0; column < row; column++)
                normal[row, column] = normal[column, row];
        for (var pivot = 0; pivot < Terms; pivot++)
        {
            if (normal[pivot, pivot] < 1e-9)
                continue;
            for (var row = pivot + 1; row < Terms; row++)
            {
                var factor = normal[row, pivot] / normal[pivot, pivot];
                for (var column = pivot; column <= Terms; column++)
                    normal[row, column] -= factor * normal[pivot, column];
            }
        }
        var solution = new double[Terms];
        for (var row = Terms - 1; row >= 0; row--)
        {
            if (normal[row, row] < 1e-9)
                continue;
            var sum = normal[row, Terms];
            for (var column = row + 1; column < Terms; column++)
                sum -= normal[row, column] * solution[column];
            solution[row] = sum / normal[row, row];
        }
        return solution;
    }
}
