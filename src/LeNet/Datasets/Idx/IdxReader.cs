using System.Buffers.Binary;
using System.IO.Compression;
using LeNetServe.Files;

namespace LeNetServe.Datasets;

/// <summary>
/// Reads an IDX file of bytes, gzip-compressed or not. Its header has two zero bytes, the element type (8: unsigned byte), the number of
/// dimensions, and each dimension as a big-endian 32-bit number. Source: http://yann.lecun.com/exdb/mnist, "THE IDX FILE FORMAT".
/// </summary>
internal sealed class IdxReader : IDisposable
{
    /// <summary>The best that deflate can compress. A header that promises more is refused before memory is allocated.</summary>
    private const long MaxDeflateRatio = 1032;

    private readonly string path;
    private readonly Stream stream;
    private readonly long maxBytes;
    private long offset;

    private IdxReader(string path)
    {
        this.path = path;
        var file = RegularFile.Open(path);
        Span<byte> signature = stackalloc byte[2];
        var compressed = file.ReadAtLeast(signature, 2, throwOnEndOfStream: false) == 2 && signature is [0x1f, 0x8b];
        file.Position = 0;
        stream = compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        maxBytes = file.Length * (compressed ? MaxDeflateRatio : 1);
    }

    /// <summary>The dimensions of the header.</summary>
    public int[] Dimensions { get; private set; } = [];

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dimensions">Number of dimensions expected: 3 for images, 1 for labels.</param>
    /// <exception cref="InvalidDataException">The header is not that of such a file.</exception>
    public static IdxReader Open(string path, int dimensions)
    {
        var reader = new IdxReader(path);
        try
        {
            reader.ReadHeader(dimensions);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Fills the buffer with the next bytes of data.</summary>
    public void Read(Span<byte> buffer)
    {
        var read = ReadUpTo(buffer);
        if (read < buffer.Length)
        {
            throw new InvalidDataException(
                $"{path}: ends at offset {offset}, expected {Size} bytes of data after the header, as {string.Join('×', Dimensions)} says");
        }
    }

    /// <summary>Checks that nothing follows the data.</summary>
    public void ReadEnd()
    {
        Span<byte> beyond = stackalloc byte[1];
        if (ReadUpTo(beyond) != 0)
        {
            throw new InvalidDataException(
                $"{path}: more data at offset {offset - 1}, expected the end of the file, as {string.Join('×', Dimensions)} says");
        }
    }

    public void Dispose() => stream.Dispose();

    private long Size => Dimensions.Aggregate(1L, (product, dimension) => checked(product * dimension));

    private void ReadHeader(int dimensions)
    {
        var header = new byte[4 + 4 * dimensions];
        var read = ReadUpTo(header);
        var magic = 0x0800 | dimensions;
        if (read < 4)
            throw new InvalidDataException($"{path}: {read} bytes, expected the magic number 0x{magic:x8} at offset 0");
        if (BinaryPrimitives.ReadInt32BigEndian(header) is var found && found != magic)
        {
            throw new InvalidDataException(
                $"{path}: magic number 0x{found:x8} at offset 0, expected 0x{magic:x8} (unsigned bytes, {dimensions} dimensions)");
        }
        if (read < header.Length)
            throw new InvalidDataException($"{path}: ends at offset {read}, expected {header.Length} bytes of header");
        Dimensions = [.. Enumerable.Range(1, dimensions).Select(index => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * index)))];
        for (var index = 0; index < dimensions; index++)
            if (Dimensions[index] < 1)
                throw new InvalidDataException($"{path}: dimension {Dimensions[index]} at offset {4 + 4 * index}, expected 1 or more");
        if (Dimensions.Aggregate((Int128)1, (product, dimension) => product * dimension) is var size && size > maxBytes)
        {
            throw new InvalidDataException(
                $"{path}: too short for the {string.Join('×', Dimensions)} = {size} bytes that the header at offset 4 promises");
        }
    }

    private int ReadUpTo(Span<byte> buffer)
    {
        try
        {
            var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            offset += read;
            return read;
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: broken gzip data after {offset} unpacked bytes: {exception.Message}", exception);
        }
    }
}
