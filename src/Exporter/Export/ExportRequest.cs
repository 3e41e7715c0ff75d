using LeNetServe.Datasets;
using LeNetServe.Exporter.Emit;

namespace LeNetServe.Exporter.Export;

/// <summary>What <c>export</c> is asked for.</summary>
internal sealed record ExportRequest
{
    /// <summary>The run's directory.</summary>
    public required string Run { get; init; }

    /// <summary>The model's name, in the manifest and in the repository.</summary>
    public required string Name { get; init; }

    /// <summary>What the file is to be.</summary>
    public ExportOptions Options { get; init; } = new();

    /// <summary>Largest difference of a probability from torch's that is published; null: by precision.</summary>
    public double? Tolerance { get; init; }

    /// <summary>The data set whose whole test set is to be classified before publishing; null: none.</summary>
    public DatasetRequest? VerifyDataset { get; init; }
}
