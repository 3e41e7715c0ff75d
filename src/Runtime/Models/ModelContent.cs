using System.Security.Cryptography;
using LeNetServe.Files;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.Runtime.Models;

/// <summary>
/// The content of an ONNX model. Values that lie in files beside the model are put into the model's own bytes. ONNX Runtime would map those
/// files into memory, and a later change of a file would change a running model.
/// </summary>
public sealed class ModelContent
{
    private static readonly long MaxBytes = Math.Min(Array.MaxLength, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private ModelContent(byte[] bytes, string sha256, IReadOnlyList<string> dataFiles, long length)
    {
        Bytes = bytes;
        Sha256 = sha256;
        DataFiles = dataFiles;
        Length = length;
    }

    /// <summary>Gets the model as one ONNX file.</summary>
    public byte[] Bytes { get; }

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
            var model = OnnxPart.Read(bytes);
            var external = Externals(bytes, model);
            return external.Count == 0 ? Of(bytes) : Join(path, bytes, model, external);
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
            return Externals(bytes, OnnxPart.Read(bytes)).Values.FirstOrDefault() is { } tensor
                ? throw Invalid(name, $"tensor \"{tensor.Name}\" is in the file {tensor.Location}, expected all data in the model")
                : Of(bytes);
        }
        catch (InvalidDataException exception)
        {
            throw Invalid(name, exception.Message, exception);
        }
    }

    /// <summary>
    /// Lists the data files of a model by their paths relative to its folder. A file that is not a readable ONNX model gives none;
    /// opening it reports the reason.
    /// </summary>
    public static IReadOnlyList<string> FindDataFiles(string path)
    {
        try
        {
            var bytes = RegularFile.ReadAllBytes(path, MaxBytes);
            return Locations(Externals(bytes, OnnxPart.Read(bytes)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return [];
        }
    }

    /// <summary>Throws if a weight is NaN or infinite.</summary>
    internal void RequireFiniteWeights(string path)
    {
        foreach (var part in OnnxPart.Read(Bytes).Tensors.Where(part => part.IsInitializer))
        {
            var tensor = OnnxTensor.Read(Bytes, part);
            if (tensor.FindBadValue(Bytes) is { } bad)
                throw Invalid(path, $"weight \"{tensor.Name}\" holds {bad.Value} at {bad.Index}, expected finite numbers of 32 bits");
        }
    }

    private static ModelContent Of(byte[] bytes) => new(bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)), [], bytes.Length);

    private static Dictionary<OnnxPart, OnnxTensor> Externals(byte[] bytes, OnnxPart model)
    {
        var external = new Dictionary<OnnxPart, OnnxTensor>();
        foreach (var part in model.Tensors)
            if (OnnxTensor.Read(bytes, part) is { IsExternal: true } tensor)
                external.Add(part, tensor);
        return external;
    }

    private static List<string> Locations(Dictionary<OnnxPart, OnnxTensor> external) =>
        [.. external.Values.Select(tensor => tensor.Location).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static ModelContent Join(string path, byte[] bytes, OnnxPart model, Dictionary<OnnxPart, OnnxTensor> external)
    {
        long room = MaxBytes - bytes.Length;
        foreach (var tensor in external.Values)
        {
            room -= tensor.Length >= 0 && tensor.Length <= room ? tensor.Length : throw new InvalidDataException(
                $"tensor \"{tensor.Name}\" has {tensor.Length} bytes in {tensor.Location}, expected at most {MaxBytes} in the whole model");
        }
        var joined = new JoinedModel(bytes, external);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        var result = joined.Write(model);
        var files = Locations(external);
        long length = bytes.Length;
        foreach (var location in files)
        {
            using var file = RegularFile.Open(DataFile.Resolve(path, location));
            length += file.Length;
            joined.Fill(location, file, hash);
        }
        return new(result, Convert.ToHexStringLower(hash.GetHashAndReset()), files, length);
    }

    private static InferenceException Invalid(string path, string message, Exception? inner = null) =>
        new(InferenceErrorKind.InvalidModel, $"{path}: {message}", inner);
}
