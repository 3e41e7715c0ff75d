using System.Text.Json.Serialization;
using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Specs;

namespace LeNetServe.Runs;

/// <summary>The model of a run, <c>model.json</c> in its directory. An exporter needs it and the weights.</summary>
public sealed record TrainedModel
{
    /// <summary>The network.</summary>
    public required LeNetSpec Spec { get; init; }

    /// <summary>Class names in the order of the outputs.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The way from a picture to the input.</summary>
    public required ImagingSpec Imaging { get; init; }

    /// <summary>The mean and the deviation by which training normalized the raw pixels.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>The data set.</summary>
    public required DatasetIdentity Dataset { get; init; }

    /// <summary>The calibration of a finished run; null before, and if the run held too few images out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelCertainty? Certainty { get; init; }

    /// <summary>Gets the number by which the network's logits are divided; 1 without a calibration.</summary>
    [JsonIgnore]
    public double Temperature => Certainty?.Temperature ?? 1;
}
