using LeNetServe.Randomness;

namespace LeNetServe.Benchmarks.Robustness;

/// <summary>A change of a digit of 28×28 gray pixels that does not change its class.</summary>
/// <param name="Name">The change.</param>
/// <param name="Strength">The strength of the change, with its unit.</param>
/// <param name="Apply">Makes the changed pixels.</param>
internal sealed record Corruption(string Name, string Strength, Func<byte[], SplitMix64, byte[]> Apply)
{
    /// <summary>Side of a digit, in pixels.</summary>
    public const int Side = 28;

    /// <summary>Gets the changes in the order of the table.</summary>
    public static IReadOnlyList<Corruption> All { get; } =
    [
        new("as published", "", (pixels, _) => pixels),
        new("noise", "normal, deviation 32 levels", (pixels, random) => Noise(pixels, 32, random)),
        new("noise", "normal, deviation 64 levels", (pixels, random) => Noise(pixels, 64, random)),
        new("blur", "Gaussian, deviation 1 pixel", (pixels, _) => Blur(pixels, 1)),
        new("blur", "Gaussian, deviation 1.5 pixels", (pixels, _) => Blur(pixels, 1.5f)),
        new("contrast", "a half", (pixels, _) => Contrast(pixels, 0.5f)),
        new("contrast", "a quarter", (pixels, _) => Contrast(pixels, 0.25f)),
        new("shear", "0.3 pixels a row, to either side", (pixels, random) => Shear(pixels, 0.3f, random)),
        new("shear", "0.6 pixels a row, to either side", (pixels, random) => Shear(pixels, 0.6f, random)),
        new("occlusion", "a black square of 6×6 pixels", (pixels, random) => Occlude(pixels, 6, random)),
        new("occlusion", "a black square of 10×10 pixels", (pixels, random) => Occlude(pixels, 10, random)),
        new("inverted", "255 − level", (pixels, _) => Array.ConvertAll(pixels, pixel => (byte)(255 - pixel))),
        new("thick", "the brightest of 3×3 pixels", (pixels, _) => Each(pixels, (row, column) => Around(pixels, row, column, -1).Max())),
        new("thin", "the darkest of 2×2 pixels", (pixels, _) => Each(pixels, (row, column) => Around(pixels, row, column, 0).Min())),
    ];

    private static byte[] Noise(byte[] pixels, float deviation, SplitMix64 random) =>
        Array.ConvertAll(pixels, pixel => Level(pixel + random.Normal(deviation)));

    private static byte[] Contrast(byte[] pixels, float share) => Array.ConvertAll(pixels, pixel => Level(pixel * share));

    private static byte[] Blur(byte[] pixels, float deviation)
    {
        var reach = (int)MathF.Ceiling(3 * deviation);
        var weights = Enumerable.Range(-reach, 2 * reach + 1)
            .Select(step => MathF.Exp(-step * step / (2 * deviation * deviation))).ToArray();
        var sum = weights.Sum();
        var rows = new float[pixels.Length];
        for (var index = 0; index < rows.Length; index++)
            for (var step = -reach; step <= reach; step++)
                rows[index] += weights[step + reach] / sum * At(pixels, index / Side, index % Side + step);
        return Each(pixels, (row, column) =>
        {
            var value = 0f;
            for (var step = -reach; step <= reach; step++)
                if (row + step is >= 0 and < Side)
                    value += weights[step + reach] / sum * rows[(row + step) * Side + column];
            return value;
        });
    }

    private static byte[] Shear(byte[] pixels, float slope, SplitMix64 random)
    {
        var side = random.Next(2) == 0 ? slope : -slope;
        return Each(pixels, (row, column) =>
        {
            var from = column + side * (row - (Side - 1) / 2f);
            var left = (int)MathF.Floor(from);
            var share = from - left;
            return At(pixels, row, left) * (1 - share) + At(pixels, row, left + 1) * share;
        });
    }

    /// <summary>Hides a square within the middle 20×20 pixels, which hold the ink of MNIST's digits.</summary>
    private static byte[] Occlude(byte[] pixels, int size, SplitMix64 random)
    {
        const int Margin = 4;
        var top = Margin + random.Next(Side - 2 * Margin - size + 1);
        var left = Margin + random.Next(Side - 2 * Margin - size + 1);
        return Each(pixels, (row, column) =>
            row >= top && row < top + size && column >= left && column < left + size ? 0 : At(pixels, row, column));
    }

    private static IEnumerable<float> Around(byte[] pixels, int row, int column, int first) =>
        from down in Enumerable.Range(first, 2 - first)
        from right in Enumerable.Range(first, 2 - first)
        select At(pixels, row + down, column + right);

    private static byte[] Each(byte[] pixels, Func<int, int, float> value) =>
        [.. Enumerable.Range(0, pixels.Length).Select(index => Level(value(index / Side, index % Side)))];

    private static float At(byte[] pixels, int row, int column) =>
        row is >= 0 and < Side && column is >= 0 and < Side ? pixels[row * Side + column] : 0;

    private static byte Level(float value) => (byte)Math.Clamp(MathF.Round(value), 0, 255);
}
