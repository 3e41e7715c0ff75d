namespace LeNetServe.Exporter.Quantize;

/// <summary>Options of quantizing.</summary>
internal sealed record QuantizationOptions
{
    /// <summary>Gets the method that takes a range from the values seen.</summary>
    public RangeMethod Method { get; init; } = RangeMethod.MinMax;

    /// <summary>
    /// Gets the percent of a tensor's values that stay inside its range at either end, with <see cref="RangeMethod.Percentile"/>.
    /// </summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>
    /// Gets the bits of a weight, 7 or 8. With 8, processors without VNNI instructions add two products in 16 bits and clip the sum. Their
    /// answers then differ from other processors'. With 7, no processor clips.
    /// </summary>
    public int WeightBits { get; init; } = 7;
}
