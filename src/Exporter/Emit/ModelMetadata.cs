using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Models;

namespace LeNetServe.Exporter.Emit;

/// <summary>What a model file says about itself. No timestamp: equal runs give equal bytes.</summary>
internal static class ModelMetadata
{
    private const string Description = "description";
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The producer's version in the file.</summary>
    public static string ProducerVersion { get; } = typeof(ModelMetadata).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Adds producer, doc string, the standard's <c>Image.*</c> keys, the keys that users of other exporters look for, and the manifest.</summary>
    public static void Add(ModelProto model, ModelManifest manifest, ExportOptions options)
    {
        var doc = options.Doc ?? Describe(manifest);
        (model.ProducerName, model.ProducerVersion, model.DocString) = (OnnxFile.Producer, ProducerVersion, doc);
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
    /// Puts an int8 model's manifest in the float model's place. A text that was made from the old one is made anew; one that a user gave is kept;
    /// both then say int8 and its accuracy.
    /// </summary>
    public static void ReplaceByInt8(ModelProto model, ModelManifest old, ModelManifest manifest)
    {
        var accuracy = manifest is { TestAccuracy: { } share, TestImages: { } images } ? $", {share:P2} correct on {images:N0} test images of {manifest.Dataset.Name}" : "";
        var text = model.DocString == Describe(old) ? Describe(manifest with { TestAccuracy = null }) : model.DocString;
        model.DocString = $"{text} int8: quantized from the float32 file{accuracy}.".TrimStart();
        foreach (var entry in model.MetadataProps)
            entry.Value = entry.Key switch
            {
                Description => model.DocString,
                ModelManifest.MetadataKey => JsonSerializer.Serialize(manifest, LeNetJson.Default.ModelManifest),
                _ => entry.Value,
            };
    }

    /// <summary>The manifest in a model's metadata; null where it has none.</summary>
    /// <exception cref="InvalidDataException">It is none of this format.</exception>
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
            throw new InvalidDataException($"{path}: metadata {ModelManifest.MetadataKey}: {exception.Message}", exception);
        }
    }

    // {"0":"zero","1":"one"} in one line, every letter as it is.
    private static string NamesAsJson(IReadOnlyList<string> labels) => new JsonObject(
        labels.Select((label, index) => KeyValuePair.Create<string, JsonNode?>(index.ToString(CultureInfo.InvariantCulture), label)))
        .ToJsonString(Readable);

    private static string Describe(ModelManifest manifest)
    {
        var accuracy = manifest is { TestAccuracy: { } share, TestImages: { } images } ? $", {share:P2} correct on {images:N0} test images" : "";
        return $"{manifest.Spec.Name} trained on {manifest.Dataset.Name} ({manifest.Labels.Count} classes{accuracy}). "
            + $"Input: raw pixels 0 to 255, {manifest.Spec.Input.Channels}×{manifest.Spec.Input.Height}×{manifest.Spec.Input.Width}; the normalisation is in the weights.";
    }
}
