using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Models;

namespace LeNetServe.Exporter.Emit;

/// <summary>A model file's statements about itself. No timestamp: equal runs give equal bytes.</summary>
internal static class ModelMetadata
{
    private const string Description = "description";
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The producer's version in the file.</summary>
    public static string ProducerVersion { get; } = ProductVersion.Text;

    /// <summary>
    /// Adds producer, doc string, the standard's <c>Image.*</c> keys, the keys that users of other exporters look for, and the manifest.
    /// </summary>
    public static void Add(ModelProto model, ModelManifest manifest, ExportOptions options)
    {
        var doc = options.Doc ?? $"{Describe(manifest)} {DescribeInput(manifest)}";
        model.ProducerName = OnnxFile.Producer;
        model.ProducerVersion = ProducerVersion;
        model.DocString = doc;
        var gray = manifest.Spec.Input.Channels == 1;
        Put("Image.BitmapPixelFormat", gray ? "Gray8" : "Rgb8");
        Put("Image.ColorSpaceGamma", "SRGB");
        Put("Image.NominalPixelRange", "NominalRange_0_255");
        Put(Description, doc);
        Put("author", options.Author);
        Put("license", options.License);
        Put("version", ProducerVersion);
        Put("task", "classify");
        Put("names", NamesAsJson(manifest.Labels));
        Put("imgsz", $"[{manifest.Spec.Input.Height}, {manifest.Spec.Input.Width}]");
        Put(ModelManifest.MetadataKey, JsonSerializer.Serialize(manifest, LeNetJson.Default.ModelManifest));

        void Put(string key, string? value)
        {
            if (value is not null)
                model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }
    }

    /// <summary>
    /// Replaces a float model's manifest by an int8 model's. A text made from the old manifest is made anew; a user's own text stays. Both
    /// then say int8 and its accuracy.
    /// </summary>
    public static void ReplaceByInt8(ModelProto model, ModelManifest old, ModelManifest manifest)
    {
        var made = model.DocString.StartsWith(Describe(old), StringComparison.Ordinal);
        var text = made ? $"{Describe(manifest with { TestAccuracy = null })} {DescribeInput(manifest)}" : model.DocString;
        var accuracy = Accuracy(manifest);
        var measured = accuracy == "" ? "" : $"{accuracy} of {manifest.Dataset.Name}";
        model.DocString = $"{text} int8: quantized from the float32 file{measured}.".TrimStart();
        foreach (var entry in model.MetadataProps)
            entry.Value = entry.Key switch
            {
                Description => model.DocString,
                ModelManifest.MetadataKey => JsonSerializer.Serialize(manifest, LeNetJson.Default.ModelManifest),
                _ => entry.Value,
            };
    }

    /// <summary>The manifest in a model's metadata; null if it has none.</summary>
    /// <exception cref="InvalidDataException">The manifest has another format.</exception>
    public static ModelManifest? ReadManifest(string path, ModelProto model)
    {
        if (!OnnxFile.Metadata(model).TryGetValue(ModelManifest.MetadataKey, out var json))
            return null;
        try
        {
            return JsonSerializer.Deserialize(json, LeNetJson.Default.ModelManifest);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: metadata {ModelManifest.MetadataKey}: {JsonFault.Of(exception)}", exception);
        }
    }

    // {"0":"zero","1":"one"} in one line, every letter as it is.
    private static string NamesAsJson(IReadOnlyList<string> labels) => new JsonObject(
        labels.Select((label, index) => KeyValuePair.Create<string, JsonNode?>(index.ToString(CultureInfo.InvariantCulture), label)))
        .ToJsonString(Readable);

    private static string Describe(ModelManifest manifest) =>
        $"{manifest.Spec.Name} trained on {manifest.Dataset.Name} ({manifest.Labels.Count} classes{Accuracy(manifest)}).";

    private static string DescribeInput(ModelManifest manifest)
    {
        var input = manifest.Spec.Input;
        return $"Input: raw pixels 0 to 255, {input.Channels}×{input.Height}×{input.Width}; the normalization is in the file.";
    }

    private static string Accuracy(ModelManifest manifest) => manifest is { TestAccuracy: { } share, TestImages: { } images }
        ? $", {share:P2} correct on {images:N0} test images"
        : "";
}
