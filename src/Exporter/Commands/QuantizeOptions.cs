using LeNetServe.Datasets;
using LeNetServe.Exporter.Quantize;

namespace LeNetServe.Exporter.Commands;

internal sealed record QuantizeOptions
{
    /// <summary>Gets the float model's path.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the new model's name; null for the float model's with <c>-int8</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the data set that calibrates and measures.</summary>
    public required DatasetRequest Dataset { get; init; }

    /// <summary>Gets the options that shape the numbers.</summary>
    public required QuantizationOptions Numbers { get; init; }

    /// <summary>Gets the largest loss of accuracy, in percentage points, that is published.</summary>
    public required double MaxLoss { get; init; }
}
