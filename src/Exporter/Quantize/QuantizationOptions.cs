namespace LeNetServe.Exporter.Quantize;

/// <summary>How a model is made of bytes.</summary>
internal sealed record QuantizationOptions
{
    /// <summary>How ranges follow from the values seen.</summary>
    public RangeMethod Method { get; init; } = RangeMethod.MinMax;

    /// <summary>Percent of a tensor's values that stay inside its range at either end, with <see cref="RangeMethod.Percentile"/>.</summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>
    /// Bits of a weight, 7 or 8. With 8, processors without VNNI instructions add two products in 16 bits and clip the sum, and answer
    /// differently from those with; with 7, none clips.
    /// </summary>
    public int WeightBits { get; init; } = 7;
}
