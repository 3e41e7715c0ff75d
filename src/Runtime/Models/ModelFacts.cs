using LeNetServe.Imaging;
using LeNetServe.Models;
using LeNetServe.Specs;

using LeNetServe.Tensors;
namespace LeNetServe.Runtime.Models;

/// <summary>What is known of a model: from its manifest, or, for a foreign classifier, from its graph, metadata and <c>labels.txt</c>.</summary>
public sealed record ModelFacts
{
    /// <summary>The manifest; null for a foreign model.</summary>
    public ModelManifest? Manifest { get; init; }

    /// <summary>The manifest as it stands in the file, JSON; empty for a foreign model.</summary>
    public string ManifestJson { get; init; } = "";

    /// <summary>Class names in the order of the output; the class's number where nobody named it.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>How a picture becomes the input.</summary>
    public required ImagingSpec Imaging { get; init; }

    /// <summary>Shape of one image, C×H×W, whatever the layout in the file.</summary>
    public TensorShape Input => Imaging.Input;

    /// <summary>Number of classes.</summary>
    public int Classes => Labels.Count;

    /// <summary>Name of the graph's input.</summary>
    public required string InputName { get; init; }

    /// <summary>Name of the graph's output.</summary>
    public required string OutputName { get; init; }

    /// <summary>Element type of the graph's input: F32 or U8.</summary>
    public required TensorType InputType { get; init; }

    /// <summary>Order of the graph's input dimensions.</summary>
    public required TensorLayout Layout { get; init; }

    /// <summary>The batch size that the graph insists on; null where it takes any.</summary>
    public required int? FixedBatch { get; init; }

    /// <summary>Rank of the graph's output: 2 for N×classes, more where dimensions of 1 follow, 1 for a single image's classes.</summary>
    public required int OutputRank { get; init; }

    /// <summary>What the outputs are; a foreign model is tried on three images to find out.</summary>
    public OutputKind Output { get; init; }

    /// <summary>How pixels become input values.</summary>
    public PixelRange Range { get; init; } = PixelRange.Raw;

    /// <summary>The model wants blue first (metadata <c>Image.BitmapPixelFormat</c> = Bgr8).</summary>
    public bool BlueFirst { get; init; }

    /// <summary>SHA-256 of the model file, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
}
