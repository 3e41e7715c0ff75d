using LeNetServe.Datasets;
using LeNetServe.Runtime.Devices;

namespace LeNetServe.Exporter.Commands;

internal sealed record VerifyOptions
{
    /// <summary>Gets the model's path.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the data set whose test images are classified; null for none.</summary>
    public DatasetRequest? Dataset { get; init; }

    public Device Device { get; init; }

    /// <summary>Gets whether the figures are printed as JSON.</summary>
    public bool Json { get; init; }
}
