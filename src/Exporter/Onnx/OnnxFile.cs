using System.Security.Cryptography;
using Google.Protobuf;
using LeNetServe.Models;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Onnx;

/// <summary>An ONNX file: parsing with a clear error, writing with a seal.</summary>
internal static class OnnxFile
{
    /// <summary>
    /// Metadata key of the seal: SHA-256 of the file's content without this entry. The seal tells a damaged file from a whole one; the
    /// ONNX format has nothing for that.
    /// </summary>
    public const string SealKey = "lenetserve.sha256";

    /// <summary>The producer's name in files of this project.</summary>
    public const string Producer = "LeNetServe.Exporter";

    /// <summary>Reads and parses a model with the data in files beside it, and checks its seal.</summary>
    /// <exception cref="InvalidDataException">The file is not an ONNX model, or was changed after this project wrote it.</exception>
    /// <exception cref="Runtime.Errors.InferenceException">A file cannot be read.</exception>
    public static (ModelProto Model, ModelContent Content) Read(string path)
    {
        var content = ModelContent.Read(path);
        var model = Parse(path, content.Bytes);
        CheckSeal(path, model);
        return (model, content);
    }

    /// <summary>Parses a file's bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes are not an ONNX model.</exception>
    public static ModelProto Parse(string path, byte[] bytes)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException(
                $"{path}: {bytes.Length} bytes that are not a protobuf message, expected an ONNX model: {exception.Message}", exception);
        }
        if (model.Graph is null || !model.HasIrVersion || model.OpsetImport.Count == 0)
            throw new InvalidDataException($"{path}: no graph, IR version or operator set in {bytes.Length} bytes, expected an ONNX model");
        return model;
    }

    /// <summary>Gets a model's metadata by key. The last of equal keys counts.</summary>
    public static Dictionary<string, string> Metadata(ModelProto model)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in model.MetadataProps)
            metadata[entry.Key] = entry.Value;
        return metadata;
    }

    /// <summary>Gets the inputs that a caller feeds. Old files list their constants among the inputs too.</summary>
    public static List<ValueInfoProto> Inputs(ModelProto model)
    {
        var constants = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        return [.. model.Graph.Input.Where(input => !constants.Contains(input.Name))];
    }

    /// <summary>Serializes a model with the seal as the last metadata entry. Equal models give equal bytes.</summary>
    public static byte[] Seal(ModelProto model)
    {
        var sealedModel = WithoutSeal(model);
        sealedModel.MetadataProps.Add(new StringStringEntryProto { Key = SealKey, Value = Hash(sealedModel) });
        return sealedModel.ToByteArray();
    }

    /// <summary>
    /// Throws if a model's content contradicts its seal, or if a model of this project (one with a manifest) has lost its seal. A foreign
    /// model passes.
    /// </summary>
    /// <exception cref="InvalidDataException">The file was changed after it was written.</exception>
    public static void CheckSeal(string path, ModelProto model)
    {
        const string changed = "the file was changed or damaged after it was written";
        var metadata = Metadata(model);
        if (!metadata.TryGetValue(SealKey, out var expected))
        {
            if (metadata.ContainsKey(ModelManifest.MetadataKey))
                throw new InvalidDataException($"{path}: no metadata {SealKey}, expected it in a file of this project: {changed}");
            return;
        }
        var found = Hash(WithoutSeal(model));
        if (found != expected)
            throw new InvalidDataException($"{path}: SHA-256 of the content is {found}, expected the metadata's {expected}: {changed}");
    }

    private static ModelProto WithoutSeal(ModelProto model)
    {
        var copy = model.Clone();
        foreach (var entry in copy.MetadataProps.Where(entry => entry.Key == SealKey).ToList())
            copy.MetadataProps.Remove(entry);
        return copy;
    }

    private static string Hash(ModelProto model) => Convert.ToHexStringLower(SHA256.HashData(model.ToByteArray()));
}
