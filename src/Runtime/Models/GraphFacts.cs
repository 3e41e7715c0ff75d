using LeNetServe.Imaging;
using LeNetServe.Models;
using LeNetServe.Runtime.Errors;
using LeNetServe.Specs;
using LeNetServe.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace LeNetServe.Runtime.Models;

/// <summary>Reads a model's facts: shapes and types from its graph, the rest from metadata.</summary>
internal static class GraphFacts
{
    /// <summary>Name of the output to read from a graph that has others too.</summary>
    public const string Probabilities = "probabilities";

    private const string RangeKey = "Image.NominalPixelRange";
    private const string FormatKey = "Image.BitmapPixelFormat";

    /// <summary>Reads the facts. <paramref name="manifest"/> and <paramref name="labels"/> are null if the model has none.</summary>
    /// <exception cref="InferenceException">
    /// The graph is not an image classifier, or graph and metadata disagree (<see cref="InferenceErrorKind.InvalidModel"/>).
    /// </exception>
    public static ModelFacts Read(
        string path, InferenceSession session, string sha256, ModelManifest? manifest, string manifestJson, IReadOnlyList<string>? labels)
    {
        var (inputName, input) = Single(path, "input", session.InputMetadata);
        var (outputName, output) = session.OutputMetadata.TryGetValue(Probabilities, out var probabilities)
            ? (Probabilities, probabilities)
            : Single(path, "output", session.OutputMetadata);
        var (layout, shape, fixedBatch) = ReadInput(path, inputName, input);
        var classes = ReadClasses(path, outputName, output, fixedBatch);
        if (manifest is not null && manifest.Imaging.Input != shape)
            throw Invalid(path, $"input \"{inputName}\" is {shape}, expected the manifest's {manifest.Imaging.Input}");
        if (manifest?.Certainty is { Answers: { } answers } certainty
            && (!answers.Fits(classes) || (answers.Novelty is not null && certainty.Novelty is null)))
            throw Invalid(path, "the manifest's \"answers\" do not fit the model, expected a share for each class and for each bin");
        labels = manifest?.Labels ?? labels ?? [.. Enumerable.Range(0, classes).Select(index => index.ToString())];
        if (labels.Count != classes)
            throw Invalid(path, $"{labels.Count} labels, expected {classes}, one for each class of output \"{outputName}\"");
        var metadata = session.ModelMetadata.CustomMetadataMap;
        var range = metadata.GetValueOrDefault(RangeKey, "NominalRange_0_255");
        var format = metadata.GetValueOrDefault(FormatKey, shape.Channels == 1 ? "Gray8" : "Rgb8");
        if (format is not ("Gray8" or "Rgb8" or "Bgr8"))
            throw Invalid(path, $"metadata {FormatKey} is {format}, expected Gray8, Rgb8 or Bgr8");
        return new()
        {
            Manifest = manifest,
            ManifestJson = manifestJson,
            Labels = labels,
            Imaging = manifest?.Imaging
                ?? new() { Input = shape, Geometry = Geometry.Fit, ContentSize = Math.Min(shape.Height, shape.Width) },
            InputName = inputName,
            OutputName = outputName,
            InputType = input.ElementDataType == TensorElementType.Float ? TensorType.F32 : TensorType.U8,
            Layout = layout,
            FixedBatch = fixedBatch,
            OutputRank = output.Dimensions.Length,
            NoveltyThreshold = ReadThreshold(path, session, manifest),
            Range = PixelRange.FromMetadata(range)
                ?? throw Invalid(path, $"metadata {RangeKey} is {range}, expected NominalRange_0_255, Normalized_0_1 or Normalized_1_1"),
            BlueFirst = format == "Bgr8",
            Sha256 = sha256,
        };
    }

    private static (string Name, NodeMetadata Value) Single(string path, string what, IReadOnlyDictionary<string, NodeMetadata> values) =>
        values.Count == 1
            ? (values.First().Key, values.First().Value)
            : throw Invalid(path, $"{values.Count} {what}s ({string.Join(", ", values.Keys)}), expected one");

    private static (TensorLayout Layout, TensorShape Shape, int? FixedBatch) ReadInput(string path, string name, NodeMetadata input)
    {
        if (!input.IsTensor || input.ElementDataType is not (TensorElementType.Float or TensorElementType.UInt8))
            throw Invalid(path, $"input \"{name}\" is {Describe(input)}, expected a float32 or uint8 tensor");
        if (input.Dimensions is not [var batch, > 0 and var second, > 0 and var third, > 0 and var fourth])
            throw Invalid(path, $"input \"{name}\" is {Describe(input)}, expected N×C×H×W or N×H×W×C with fixed C, H and W");
        int? fixedBatch = batch > 0 ? batch : null;
        if (second is 1 or 3)
            return (TensorLayout.Nchw, new(second, third, fourth), fixedBatch);
        if (fourth is 1 or 3)
            return (TensorLayout.Nhwc, new(fourth, second, third), fixedBatch);
        throw Invalid(path, $"input \"{name}\" is {Describe(input)}, expected 1 or 3 channels at the second or the last place");
    }

    private static int ReadClasses(string path, string name, NodeMetadata output, int? fixedBatch)
    {
        if (!output.IsTensor || output.ElementDataType != TensorElementType.Float)
            throw Invalid(path, $"output \"{name}\" is {Describe(output)}, expected a float32 tensor");
        var dimensions = output.Dimensions;
        if (dimensions is [> 0 and var single] && fixedBatch == 1)
            return single;
        return dimensions is [_, > 0 and var classes, .. var rest] && rest.All(dimension => dimension == 1)
            ? classes
            : throw Invalid(path, $"output \"{name}\" is {Describe(output)}, expected N×classes with a fixed number of classes");
    }

    private static double? ReadThreshold(string path, InferenceSession session, ModelManifest? manifest)
    {
        if (manifest?.Certainty?.Novelty is not { } rule)
            return null;
        return session.OutputMetadata.TryGetValue(ModelFacts.Novelty, out var output) && output is
        { IsTensor: true, ElementDataType: TensorElementType.Float, Dimensions: [_, 1] }
            ? rule.Threshold
            : throw Invalid(path, $"the manifest has a rule for the output \"{ModelFacts.Novelty}\", "
                + $"expected that output as a float32 tensor N×1 among {string.Join(", ", session.OutputMetadata.Keys)}");
    }

    private static string Describe(NodeMetadata node)
    {
        if (!node.IsTensor)
            return node.OnnxValueType.ToString();
        var sizes = node.Dimensions.Zip(
            node.SymbolicDimensions, (size, symbol) => size > 0 ? $"{size}" : symbol is "" or null ? "?" : symbol);
        return $"{node.ElementDataType} {string.Join('×', sizes)}";
    }

    private static InferenceException Invalid(string path, string message) => new(InferenceErrorKind.InvalidModel, $"{path}: {message}");
}
