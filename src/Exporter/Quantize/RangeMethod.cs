namespace LeNetServe.Exporter.Quantize;

/// <summary>How the range of a tensor follows from the values seen.</summary>
internal enum RangeMethod
{
    /// <summary>From the smallest to the largest value.</summary>
    MinMax,

    /// <summary>Without a small share of the values at either end, which are clipped: outliers do not coarsen the rest.</summary>
    Percentile,
}
