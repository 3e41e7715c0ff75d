namespace LeNetServe.Imaging;

/// <summary>
/// Separable resampling with a triangle filter that widens as the picture shrinks, so that every source pixel counts and nothing aliases
/// (P. Heckbert, "General Filtered Image Rescaling", Graphics Gems III).
/// </summary>
internal static class Resampling
{
    /// <summary>A new picture of height×width.</summary>
    public static Picture Resize(in Picture source, int height, int width)
    {
        var target = new Picture(source.Channels, height, width);
        var (rows, columns) = (new Taps(source.Height, height), new Taps(source.Width, width));
        var buffer = Scratch.Rent<float>(source.Height * width);
        var narrow = buffer.AsSpan(0, source.Height * width);
        for (var channel = 0; channel < source.Channels; channel++)
        {
            for (var row = 0; row < source.Height; row++)
                columns.Apply(source.Row(channel, row), narrow.Slice(row * width, width));
            rows.Apply(narrow, width, target.Plane(channel));
        }
        Scratch.Return(buffer);
        return target;
    }

    /// <summary>The first source position of each target position, and the weights from there on, which add up to one.</summary>
    private readonly struct Taps
    {
        private readonly int[] starts;
        private readonly float[][] weights;

        public Taps(int source, int target)
        {
            starts = new int[target];
            weights = new float[target][];
            var scale = (double)source / target;
            var radius = Math.Max(scale, 1);
            for (var index = 0; index < target; index++)
            {
                var center = (index + 0.5) * scale;
                var start = Math.Max(0, (int)Math.Round(center - radius));
                var end = Math.Min(source, (int)Math.Round(center + radius));
                var kernel = new double[end - start];
                for (var tap = 0; tap < kernel.Length; tap++)
                    kernel[tap] = Math.Max(0, 1 - Math.Abs(start + tap + 0.5 - center) / radius);
                var sum = kernel.Sum();
                starts[index] = start;
                weights[index] = Array.ConvertAll(kernel, weight => (float)(weight / sum));
            }
        }

        public void Apply(ReadOnlySpan<byte> source, Span<float> target)
        {
            for (var index = 0; index < target.Length; index++)
            {
                var taps = weights[index];
                var window = source.Slice(starts[index], taps.Length);
                var sum = 0f;
                for (var tap = 0; tap < taps.Length; tap++)
                    sum += taps[tap] * window[tap];
                target[index] = sum;
            }
        }

        public void Apply(ReadOnlySpan<float> rows, int width, Span<byte> target)
        {
            for (var index = 0; index < starts.Length; index++)
                for (var column = 0; column < width; column++)
                {
                    var sum = 0.5f;
                    for (var tap = 0; tap < weights[index].Length; tap++)
                        sum += weights[index][tap] * rows[(starts[index] + tap) * width + column];
                    target[index * width + column] = (byte)sum;
                }
        }
    }
}
