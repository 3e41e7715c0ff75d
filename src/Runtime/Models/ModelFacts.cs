using LeNetServe.Imaging;
using LeNetServe.Models;
using LeNetServe.Specs;
using LeNetServe.Tensors;

namespace LeNetServe.Runtime.Models;

/// <summary>
/// The facts of a model. They come from its manifest or, for a foreign classifier, from its graph, metadata and <c>labels.txt</c>.
/// </summary>
public sealed record ModelFacts
{
    /// <summary>Name of the output with the strangeness of each image.</summary>
    public const string Novelty = "novelty";

    /// <summary>Name of the output with the gradient.</summary>
    internal const string Gradient = "gradient";

    /// <summary>Gets the manifest; null for a foreign model.</summary>
    public ModelManifest? Manifest { get; init; }

    /// <summary>Gets the JSON of the manifest as the file has it; empty for a foreign model.</summary>
    public string ManifestJson { get; init; } = "";

    /// <summary>Gets the class names in the order of the output. A class without a name has its number.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Gets the preprocessing that turns a picture into the input.</summary>
    public required ImagingSpec Imaging { get; init; }

    /// <summary>Gets the shape of one image, C×H×W for either layout of the graph.</summary>
    public TensorShape Input => Imaging.Input;

    /// <summary>Gets the number of classes.</summary>
    public int Classes => Labels.Count;

    /// <summary>Gets the name of the graph's input.</summary>
    public required string InputName { get; init; }

    /// <summary>Gets the name of the graph's output.</summary>
    public required string OutputName { get; init; }

    /// <summary>Gets the element type of the graph's input: F32 or U8.</summary>
    public required TensorType InputType { get; init; }

    /// <summary>Gets the order of the graph's input dimensions.</summary>
    public required TensorLayout Layout { get; init; }

    /// <summary>Gets the batch size that the graph requires; null if it accepts any.</summary>
    public required int? FixedBatch { get; init; }

    /// <summary>
    /// Gets the rank of the graph's output: 2 for N×classes, more if dimensions of 1 follow, 1 for a single image's classes.
    /// </summary>
    public required int OutputRank { get; init; }

    /// <summary>
    /// Gets the largest score of the output <c>novelty</c> that a known image has; null if the model has no such output.
    /// </summary>
    public double? NoveltyThreshold { get; init; }

    /// <summary>Gets whether a novelty is that of a known image; false for a novelty that is not a number.</summary>
    public bool IsKnown(float novelty) => novelty <= NoveltyThreshold;

    /// <summary>Gets the number of values of an image in a row of outputs: the classes, and the novelty if the model has one.</summary>
    public int RowLength => Classes + (NoveltyThreshold is null ? 0 : 1);

    /// <summary>Gets whether the file computes the gradient of its largest logit by the pixels.</summary>
    public bool HasGradient { get; init; }

    /// <summary>Gets the kind of output. A foreign model is run on three images to find out.</summary>
    public OutputKind Output { get; init; }

    /// <summary>Gets the map from pixels to input values.</summary>
    public PixelRange Range { get; init; } = PixelRange.Raw;

    /// <summary>Gets a value indicating whether blue is the first channel (metadata <c>Image.BitmapPixelFormat</c> = Bgr8).</summary>
    public bool BlueFirst { get; init; }

    /// <summary>Gets the SHA-256 of the model file, in lowercase hexadecimal.</summary>
    public required string Sha256 { get; init; }
}
