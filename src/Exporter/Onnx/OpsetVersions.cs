namespace LeNetServe.Exporter.Onnx;

/// <summary>The operator sets that can be written, and the lowest IR version that carries each.</summary>
internal static class OpsetVersions
{
    /// <summary>Lowest operator set.</summary>
    public const int Lowest = 11;

    /// <summary>Highest operator set.</summary>
    public const int Highest = 21;

    /// <summary>
    /// Gets the lowest IR version that carries <paramref name="opset"/>: that of the standard's release that introduced the operator set.
    /// </summary>
    public static int LowestIr(int opset) => opset switch
    {
        11 => 6,
        12 or 13 or 14 => 7,
        15 or 16 or 17 or 18 => 8,
        19 or 20 => 9,
        21 => 10,
        _ => throw new ArgumentOutOfRangeException(nameof(opset), opset, $"expected {Lowest} to {Highest}"),
    };
}
