using LeNetServe.Datasets;

namespace LeNetServe.Exporter.Layers;

/// <summary>x′ = scale·x + shift per channel of the input: the normalization, on its way into a layer's weights.</summary>
internal sealed record InputScaling(double[] Scale, double[] Shift)
{
    /// <summary>(x − mean)/deviation as scale and shift.</summary>
    /// <exception cref="InvalidDataException">Not one mean and one positive deviation per channel.</exception>
    public static InputScaling From(Normalization normalization, int channels)
    {
        var mean = normalization.Mean;
        var deviation = normalization.Deviation;
        if (mean.Count != channels || deviation.Count != channels)
            throw new InvalidDataException($"normalization has {mean.Count} means and {deviation.Count} deviations, "
                + $"expected one of each for the {channels} channels");
        if (mean.Any(value => !double.IsFinite(value)) || deviation.Any(value => !double.IsFinite(value) || value <= 0))
            throw new InvalidDataException($"normalization has means [{string.Join(", ", mean)}] and deviations "
                + $"[{string.Join(", ", deviation)}], expected finite means and positive deviations");
        return new([.. deviation.Select(value => 1 / value)], [.. mean.Zip(deviation, (m, d) => -m / d)]);
    }

    /// <summary>
    /// Changes weights over all channels so that they give for raw values what they gave for normalized ones:
    /// Σ w·(s·x + t) + b = Σ (w·s)·x + (b + Σ w·t).
    /// </summary>
    public ScalingFate FoldInto(double[] weight, double[] bias)
    {
        var perMap = weight.Length / bias.Length;
        for (var index = 0; index < weight.Length; index++)
        {
            var channel = index % perMap * Scale.Length / perMap;
            bias[index / perMap] += weight[index] * Shift[channel];
            weight[index] *= Scale[channel];
        }
        return ScalingFate.Taken;
    }
}
