using System.Text.Json.Serialization;
using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Specs;

namespace LeNetServe.Models;

/// <summary>A model file's description of itself, in its metadata under <see cref="MetadataKey"/>. A program needs nothing else.</summary>
public sealed record ModelManifest
{
    /// <summary>Key of the manifest among the ONNX file's <c>metadata_props</c>.</summary>
    public const string MetadataKey = "lenetserve.manifest";

    /// <summary>The layout of this record. A reader refuses a newer one.</summary>
    public int Format { get; init; } = 1;

    /// <summary>The served model's name, such as <c>lenet5-mnist</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The network that was trained (batch norm is folded in the graph).</summary>
    public required LeNetSpec Spec { get; init; }

    /// <summary>Class names; the order is the output's.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The way from a picture to the input.</summary>
    public required ImagingSpec Imaging { get; init; }

    /// <summary>The mean and deviation that are folded into the first layer, for reference.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>The data set it was trained on.</summary>
    public required DatasetIdentity Dataset { get; init; }

    /// <summary>The run's id.</summary>
    public required string Run { get; init; }

    /// <summary>
    /// The settings of its training, by their names in <c>config.json</c>, without paths; null in a file of an earlier exporter.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Recipe { get; init; }

    /// <summary>
    /// Accuracy on <see cref="Dataset"/>'s test images, 0..1; null if it was not measured. It is torch's, or an int8 file's own.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TestAccuracy { get; init; }

    /// <summary>Number of test images behind <see cref="TestAccuracy"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? TestImages { get; init; }

    /// <summary>SHA-256 of the weights file, lower-case hexadecimal.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>SHA-256 of the golden tensors beside the model, lower-case hexadecimal.</summary>
    public required string GoldenSha256 { get; init; }

    /// <summary>The file's number format, float32 if absent. A lossy one may give a few golden images another best class.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public WeightPrecision Precision { get; init; }

    /// <summary>Largest difference of a probability from the golden tensors that passes; null: 1e-4.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? GoldenTolerance { get; init; }

    /// <summary>The calibration of the probabilities; null for a model that is not calibrated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelCertainty? Certainty { get; init; }
}
