using System.Security.Cryptography;
using Google.Protobuf;

namespace LeNetServe.Exporter.Onnx;

/// <summary>An ONNX file: parsing with a clear error, writing with a seal.</summary>
internal static class OnnxFile
{
    /// <summary>
    /// Metadata key of the seal: SHA-256 of the file's content without this entry. A reader can tell a damaged file from a whole one, which the
    /// format itself cannot.
    /// </summary>
    public const string SealKey = "lenetserve.sha256";

    /// <summary>The producer's name in files of this project.</summary>
    public const string Producer = "LeNetServe.Exporter";

    private const int MaxBytes = 1 << 30;

    /// <summary>Reads and parses a file.</summary>
    /// <exception cref="InvalidDataException">The file is no ONNX model.</exception>
    public static ModelProto Read(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > MaxBytes)
            throw new InvalidDataException($"{path}: {length} bytes, expected {MaxBytes} at most");
        return Parse(path, File.ReadAllBytes(path));
    }

    /// <summary>Parses a file's bytes.</summary>
    public static ModelProto Parse(string path, byte[] bytes)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException($"{path}: {bytes.Length} bytes that are no protobuf message, expected an ONNX model: {exception.Message}", exception);
        }
        if (model.Graph is null || !model.HasIrVersion || model.OpsetImport.Count == 0)
            throw new InvalidDataException($"{path}: no graph, IR version or operator set in {bytes.Length} bytes, expected an ONNX model");
        return model;
    }

    /// <summary>A model's metadata by key; the last of equal keys counts.</summary>
    public static Dictionary<string, string> Metadata(ModelProto model)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in model.MetadataProps)
            metadata[entry.Key] = entry.Value;
        return metadata;
    }

    /// <summary>The file's bytes, with the seal as the last metadata entry. Equal models give equal bytes.</summary>
    public static byte[] Seal(ModelProto model)
    {
        var sealedModel = WithoutSeal(model);
        sealedModel.MetadataProps.Add(new StringStringEntryProto { Key = SealKey, Value = Hash(sealedModel) });
        return sealedModel.ToByteArray();
    }

    /// <summary>
    /// Throws where a model's content is not what its seal says, or where a model of this project (one with a manifest) has lost its seal. A
    /// foreign model passes.
    /// </summary>
    /// <exception cref="InvalidDataException">The file was changed after it was written.</exception>
    public static void CheckSeal(string path, ModelProto model)
    {
        var metadata = Metadata(model);
        if (!metadata.TryGetValue(SealKey, out var expected))
        {
            if (model.ProducerName == Producer || metadata.ContainsKey(LeNetServe.Models.ModelManifest.MetadataKey))
                throw new InvalidDataException($"{path}: no metadata {SealKey}, expected it in a file of this project: the file was changed or damaged after it was written");
            return;
        }
        var found = Hash(WithoutSeal(model));
        if (found != expected)
            throw new InvalidDataException($"{path}: SHA-256 of the content is {found}, expected {expected} as its metadata say: the file was changed or damaged after it was written");
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
