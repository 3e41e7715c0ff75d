using System.Security.Cryptography;
using Google.Protobuf;
using LeNetServe.Files;
using LeNetServe.Onnx;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.Runtime.Models;

/// <summary>
/// The content of an ONNX model. Values that lie in files beside the model are put into the model's own bytes. ONNX Runtime would map those
/// files into memory, and a later change of a file would change a running model.
/// </summary>
public sealed class ModelContent
{
    private static readonly long MaxBytes = Math.Min(Array.MaxLength, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private ModelContent(byte[] bytes, ModelProto model, string sha256, IReadOnlyList<string> dataFiles, long length)
    {
        Bytes = bytes;
        Model = model;
        Sha256 = sha256;
        DataFiles = dataFiles;
        Length = length;
    }

    /// <summary>Gets the model as one ONNX file.</summary>
    public byte[] Bytes { get; }

    /// <summary>Gets the message of <see cref="Bytes"/>.</summary>
    internal ModelProto Model { get; }

    /// <summary>
    /// Gets the SHA-256, lower-case hexadecimal, of the model file followed by its data files in the order of <see cref="DataFiles"/>.
    /// </summary>
    public string Sha256 { get; }

    /// <summary>Gets the paths of the data files relative to the model's folder, in ordinal order; empty for most models.</summary>
    public IReadOnlyList<string> DataFiles { get; }

    /// <summary>Gets the bytes of all files.</summary>
    public long Length { get; }

    /// <summary>Reads a model and its data files. A file's type and size are looked at before the file is read.</summary>
    /// <exception cref="InferenceException">
    /// A file is missing, not a regular one, too large, or outside the model's folder (<see cref="InferenceErrorKind.InvalidModel"/>).
    /// </exception>
    public static ModelContent Read(string path)
    {
        try
        {
            var bytes = RegularFile.ReadAllBytes(path, MaxBytes);
            var model = Parse(bytes);
            var external = Externals(model);
            return external.Count == 0 ? Of(bytes, model) : Join(path, bytes, model, external);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, $"cannot be read: {exception.Message}", exception);
        }
        catch (InvalidDataException exception)
        {
            throw exception.Message.StartsWith(path, StringComparison.Ordinal)
                ? new InferenceException(InferenceErrorKind.InvalidModel, exception.Message, exception)
                : Invalid(path, exception.Message, exception);
        }
    }

    /// <summary>
    /// Takes a model that is in memory. ONNX Runtime would look for its data files in the working directory, so it may not have any.
    /// </summary>
    /// <exception cref="InferenceException">
    /// The bytes are not an ONNX model, or have data files (<see cref="InferenceErrorKind.InvalidModel"/>).
    /// </exception>
    public static ModelContent Of(string name, byte[] bytes)
    {
        try
        {
            var model = Parse(bytes);
            return Externals(model).FirstOrDefault() is { } data
                ? throw Invalid(name, $"tensor \"{data.Tensor.Name}\" is in the file {data.Location}, expected all data in the model")
                : Of(bytes, model);
        }
        catch (InvalidDataException exception)
        {
            throw Invalid(name, exception.Message, exception);
        }
    }

    /// <summary>Throws if a weight is NaN or infinite.</summary>
    internal void RequireFiniteWeights(string path)
    {
        foreach (var (name, tensor) in OnnxTensors.Named(Model))
            if (OnnxTensors.FindBadValue(tensor) is { } bad)
                throw Invalid(path, $"weight \"{name}\" holds {bad.Value} at {bad.Index}, expected finite numbers of 32 bits");
    }

    private static ModelProto Parse(byte[] bytes)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException(
                ForeignFile.Known(bytes) is var (found, advice)
                    ? $"{found}, expected an ONNX model{advice}"
                    : $"cannot open it as an ONNX model: {exception.Message}", exception);
        }
    }

    private static ModelContent Of(byte[] bytes, ModelProto model) =>
        new(bytes, model, Convert.ToHexStringLower(SHA256.HashData(bytes)), [], bytes.Length);

    private static List<ExternalData> Externals(ModelProto model) =>
        [.. OnnxTensors.Of(model).Select(ExternalData.Of).OfType<ExternalData>()];

    private static List<string> Locations(List<ExternalData> external) =>
        [.. external.Select(data => data.Location).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static ModelContent Join(string path, byte[] bytes, ModelProto model, List<ExternalData> external)
    {
        long room = MaxBytes - bytes.Length;
        foreach (var data in external)
        {
            room -= data.Length >= 0 && data.Length <= room ? data.Length : throw new InvalidDataException($"tensor \"{data.Tensor.Name}\" "
                + $"has {data.Length} bytes in {data.Location}, expected at most {MaxBytes} in the whole model");
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        var files = Locations(external);
        long length = bytes.Length;
        foreach (var location in files)
        {
            var file = RegularFile.ReadAllBytes(DataFile.Resolve(path, location), MaxBytes);
            hash.AppendData(file);
            length += file.Length;
            foreach (var data in external.Where(data => data.Location == location))
                data.Join(file);
        }
        return new(model.ToByteArray(), model, Convert.ToHexStringLower(hash.GetHashAndReset()), files, length);
    }

    private static InferenceException Invalid(string path, string message, Exception? inner = null) =>
        new(InferenceErrorKind.InvalidModel, $"{path}: {message}", inner);
}
