using LeNetServe.Datasets;
using LeNetServe.Exporter.Emit;

namespace LeNetServe.Exporter.Export;

/// <summary>The request of one export.</summary>
internal sealed record ExportRequest
{
    /// <summary>Gets the run's directory.</summary>
    public required string Run { get; init; }

    /// <summary>Gets the model's name, in the manifest and in the repository.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the options that shape the file.</summary>
    public ExportOptions Options { get; init; } = new();

    /// <summary>Gets the largest difference of a probability from torch's that is published; null for the precision's own.</summary>
    public double? Tolerance { get; init; }

    /// <summary>Gets the data set whose whole test set is classified before publishing; null for none.</summary>
    public DatasetRequest? VerifyDataset { get; init; }
}
