using LeNetServe.Datasets;
using LeNetServe.Specs;

namespace LeNetServe.Exporter.Fold;

/// <summary>x′ = scale·x + shift per channel of the input: the normalisation, on its way into a layer's weights.</summary>
internal sealed record InputScaling(double[] Scale, double[] Shift)
{
    /// <summary>(x − mean)/deviation as scale and shift.</summary>
    /// <exception cref="InvalidDataException">Not one mean and one positive deviation per channel.</exception>
    public static InputScaling From(Normalization normalization, int channels)
    {
        var (mean, deviation) = (normalization.Mean, normalization.Deviation);
        if (mean.Count != channels || deviation.Count != channels)
            throw new InvalidDataException($"normalization has {mean.Count} means and {deviation.Count} deviations, expected one of each for the {channels} channels");
        if (mean.Any(value => !double.IsFinite(value)) || deviation.Any(value => !double.IsFinite(value) || value <= 0))
            throw new InvalidDataException(
                $"normalization has means [{string.Join(", ", mean)}] and deviations [{string.Join(", ", deviation)}], expected finite means and positive deviations");
        return new([.. deviation.Select(value => 1 / value)], [.. mean.Zip(deviation, (m, d) => -m / d)]);
    }

    /// <summary>Changes a layer's weights so that it gives for raw pixels what it gave for normalised ones.</summary>
    public void FoldInto(LayerShape row, double[] weight, double[] bias)
    {
        // Σ w·(s·x + t) + b = Σ (w·s)·x + (b + Σ w·t). A subsampling sums its window, so t counts once per pixel of it.
        var channels = Scale.Length;
        var pixelsPerWeight = row.Layer is SubsamplingSpec subsampling ? subsampling.Size * subsampling.Size : 1;
        var perMap = weight.Length / bias.Length;
        for (var map = 0; map < bias.Length; map++)
            for (var index = 0; index < perMap; index++)
            {
                var channel = row.Layer is SubsamplingSpec ? map : index * channels / perMap;
                ref var value = ref weight[map * perMap + index];
                bias[map] += value * Shift[channel] * pixelsPerWeight;
                value *= Scale[channel];
            }
    }
}
