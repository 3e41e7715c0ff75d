namespace LeNetServe.Exporter.Quantize;

/// <summary>Methods that take the range of a tensor from the values seen.</summary>
internal enum RangeMethod
{
    /// <summary>From the smallest to the largest value.</summary>
    MinMax,

    /// <summary>Clips a small share of the values at either end, so that outliers do not coarsen the rest.</summary>
    Percentile,
}
