using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Specs;

namespace LeNetServe.Runs;

/// <summary>What a run trained, <c>model.json</c> in its directory: all that an exporter needs beside the weights.</summary>
public sealed record TrainedModel
{
    /// <summary>The network.</summary>
    public required LeNetSpec Spec { get; init; }

    /// <summary>Class names in the order of the outputs.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>How a picture becomes the input.</summary>
    public required ImagingSpec Imaging { get; init; }

    /// <summary>What training subtracted from and divided the raw pixels by.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>The data set.</summary>
    public required DatasetIdentity Dataset { get; init; }
}
