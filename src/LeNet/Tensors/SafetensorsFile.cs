using System.Buffers.Binary;
using System.Text.Json;
using LeNetServe.Files;

namespace LeNetServe.Tensors;

/// <summary>
/// A safetensors file: 8 bytes of header length, a JSON header, the tensors' bytes. Every length is checked before its use.
/// Format: https://github.com/huggingface/safetensors#format.
/// </summary>
public sealed class SafetensorsFile
{
    private const int MaxHeaderBytes = 16 << 20;
    private const int MaxFileBytes = 1 << 30;

    private readonly string path;
    private readonly Dictionary<string, StoredTensor> tensors;

    private SafetensorsFile(string path, Dictionary<string, StoredTensor> tensors)
    {
        this.path = path;
        this.tensors = tensors;
    }

    /// <summary>Names of the tensors, in the file's order.</summary>
    public IReadOnlyCollection<string> Names => tensors.Keys;

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="InvalidDataException">The file has no tensor of that name.</exception>
    public StoredTensor this[string name] => tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new InvalidDataException(
            $"{path}: tensor \"{name}\" is missing, found {(tensors.Count == 0 ? "none" : string.Join(", ", tensors.Keys))}");

    /// <summary>Reads the whole file.</summary>
    /// <exception cref="InvalidDataException">The file is broken; the message has the place and what was expected there.</exception>
    public static SafetensorsFile Read(string path) => Parse(path, RegularFile.ReadAllBytes(path, MaxFileBytes));

    /// <summary>Writes the tensors in the given order, under a temporary name first. Equal tensors give equal bytes.</summary>
    public static void Write(string path, IReadOnlyList<(string Name, StoredTensor Tensor)> tensors)
    {
        var header = Header(tensors);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var (_, tensor) in tensors)
                stream.Write(tensor.Data.Span);
        });
    }

    internal static SafetensorsFile Parse(string path, byte[] bytes)
    {
        if (bytes.Length < 10)
            throw new InvalidDataException($"{path}: {bytes.Length} bytes, expected 10 at least: 8 of header length and 2 of header");
        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (headerLength is < 2 or > MaxHeaderBytes || headerLength > bytes.Length - 8)
        {
            throw new InvalidDataException(
                $"{path}: header length {headerLength} at offset 0, expected 2 to {Math.Min(MaxHeaderBytes, bytes.Length - 8)}");
        }
        var start = 8 + (int)headerLength;
        var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        var places = new List<(long Begin, long End)>();
        try
        {
            using var header = JsonDocument.Parse(bytes.AsMemory(8, (int)headerLength));
            foreach (var entry in header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
            {
                var (tensor, begin, end) = ReadTensor(path, entry, bytes.AsMemory(start));
                places.Add((begin, end));
                if (!tensors.TryAdd(entry.Name, tensor))
                    throw new InvalidDataException($"{path}: tensor \"{entry.Name}\" occurs twice in the header");
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw new InvalidDataException(
                $"{path}: header at offset 8 is not a safetensors header: {JsonFault.MessageOf(exception)}", exception);
        }
        CheckCoverage(path, places, bytes.Length - start);
        return new(path, tensors);
    }

    /// <summary>The tensors must cover the data without holes and overlaps.</summary>
    private static void CheckCoverage(string path, List<(long Begin, long End)> places, long length)
    {
        places.Sort();
        var covered = 0L;
        foreach (var (begin, end) in places)
        {
            covered = begin == covered
                ? end
                : throw new InvalidDataException(
                    $"{path}: a tensor lies at {begin}..{end} of the data, expected it to begin at {covered}, the end of the one before");
        }
        if (covered != length)
            throw new InvalidDataException($"{path}: {length} bytes of tensors, expected the {covered} that the header lists");
    }

    private static (StoredTensor Tensor, long Begin, long End) ReadTensor(string path, JsonProperty entry, ReadOnlyMemory<byte> data)
    {
        var typeName = entry.Value.GetProperty("dtype").GetString();
        if (!Enum.TryParse<TensorType>(typeName, out var type) || Enum.GetName(type) != typeName)
        {
            throw new InvalidDataException(
                $"{path}: tensor \"{entry.Name}\" has dtype {typeName}, expected {string.Join(", ", Enum.GetNames<TensorType>())}");
        }
        var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt32()).ToArray();
        var offsets = entry.Value.GetProperty("data_offsets");
        var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        var size = shape.Aggregate((long)StoredTensor.SizeOf(type), (product, dimension) => Math.Min(product, int.MaxValue) * dimension);
        if (shape.Any(dimension => dimension < 0) || begin < 0 || end < begin || end > data.Length || end - begin != size)
        {
            var tensor = $"tensor \"{entry.Name}\" ({typeName} {string.Join('×', shape)})";
            throw new InvalidDataException($"{path}: {tensor} lies at {begin}..{end}, expected {size} bytes within 0..{data.Length}");
        }
        return (new(type, shape, data[(int)begin..(int)end]), begin, end);
    }

    private static byte[] Header(IReadOnlyList<(string Name, StoredTensor Tensor)> tensors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            long offset = 0;
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.Type.ToString());
                json.WriteStartArray("shape");
                foreach (var dimension in tensor.Shape)
                    json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Data.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }
}
