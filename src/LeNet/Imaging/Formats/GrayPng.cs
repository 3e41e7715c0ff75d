using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace LeNetServe.Imaging;

/// <summary>
/// Reads the plainest small PNG files in half of Skia's time: 8 bits of gray, one IDAT chunk, neither interlaced nor transparent. Every
/// other file, and every file with a fault, is Skia's. Format: PNG, third edition, W3C 2025.
/// </summary>
internal static unsafe class GrayPng
{
    private const int SignatureBytes = 8;
    private const int HeaderEnd = 33;
    private const int ChunkOverhead = 12;
    private const int MostPixels = 1 << 16;

    private static readonly SearchValues<byte> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The length, type and content of IHDR after width and height.</summary>
    private static ReadOnlySpan<byte> HeaderStart => [0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R'];

    private static ReadOnlySpan<byte> GrayOf8Bits => [8, 0, 0, 0, 0];

    /// <summary>Decodes a PNG of that kind.</summary>
    /// <param name="encoded">The file, which begins with the signature.</param>
    /// <param name="maxPixels">The most pixels.</param>
    /// <param name="picture">The picture, of one channel, which the caller disposes.</param>
    /// <returns>False if the file is of another kind, too large or damaged.</returns>
    public static bool TryRead(ReadOnlySpan<byte> encoded, long maxPixels, out Picture picture)
    {
        picture = default;
        if (encoded.Length < HeaderEnd || !encoded[SignatureBytes..].StartsWith(HeaderStart) || !encoded[24..].StartsWith(GrayOf8Bits))
            return false;
        var width = BinaryPrimitives.ReadUInt32BigEndian(encoded[16..]);
        var height = BinaryPrimitives.ReadUInt32BigEndian(encoded[20..]);
        var pixels = (ulong)width * height;
        if (pixels == 0 || pixels > (ulong)Math.Min(maxPixels, MostPixels))
            return false;
        var data = SoundData(encoded);
        return !data.IsEmpty && TryInflate(data, (int)width, (int)height, out picture);
    }

    /// <summary>
    /// Gets the content of the one IDAT chunk; empty if there are more, a checksum is wrong, or a chunk changes the pixels. With the four
    /// bytes behind it, a stream whose own checksum is cut has a wrong one: at an end the inflater would not look for it.
    /// </summary>
    private static ReadOnlySpan<byte> SoundData(ReadOnlySpan<byte> encoded)
    {
        ReadOnlySpan<byte> data = default;
        var rest = encoded[SignatureBytes..];
        while (rest.Length >= ChunkOverhead
            && BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length <= rest.Length - ChunkOverhead)
        {
            var chunk = rest.Slice(4, 4 + (int)length);
            if (Crc32.HashToUInt32(chunk) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
                return default;
            if (chunk.StartsWith("IEND"u8))
                return length == 0 ? data : default;
            var isFirst = rest.Length == encoded.Length - SignatureBytes;
            // A lower-case letter marks a chunk that a reader may skip.
            if (chunk.StartsWith("IDAT"u8) && data.IsEmpty)
                data = rest.Slice(8, (int)length + 4);
            else if (!isFirst && (chunk[0] < 'a' || chunk[..4].ContainsAnyExcept(Letters) || chunk.StartsWith("tRNS"u8)))
                return default;
            rest = rest[(ChunkOverhead + (int)length)..];
        }
        return default;
    }

    private static bool TryInflate(ReadOnlySpan<byte> data, int width, int height, out Picture picture)
    {
        picture = default;
        var filtered = (width + 1) * height;
        var buffer = Scratch.Rent<byte>(filtered + width);
        try
        {
            fixed (byte* bytes = data)
            {
                using var source = new UnmanagedMemoryStream(bytes, data.Length);
                using var inflated = new ZLibStream(source, CompressionMode.Decompress);
                // The checksum follows the last byte, so one more is asked for.
                if (inflated.ReadAtLeast(buffer.AsSpan(0, filtered + 1), filtered + 1, throwOnEndOfStream: false) != filtered)
                    return false;
            }
            for (var row = 0; row < height; row++)
                if (buffer[row * (width + 1)] > 4)
                    return false;
            picture = new Picture(1, height, width);
            ReadOnlySpan<byte> above = buffer.AsSpan(filtered, width);
            buffer.AsSpan(filtered, width).Clear();
            for (var row = 0; row < height; row++)
            {
                Restore(buffer.AsSpan(row * (width + 1), width + 1), above, picture.Row(0, row));
                above = picture.Row(0, row);
            }
            return true;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            return false;
        }
        finally
        {
            Scratch.Return(buffer);
        }
    }

    /// <summary>Undoes the filter of a row (section 9 of the format), whose type stands before it.</summary>
    private static void Restore(ReadOnlySpan<byte> filtered, ReadOnlySpan<byte> above, Span<byte> row)
    {
        var type = filtered[0];
        filtered = filtered[1..];
        above = above[..row.Length];
        byte left = 0;
        byte corner = 0;
        switch (type)
        {
            case 0:
                filtered.CopyTo(row);
                break;
            case 1:
                for (var x = 0; x < row.Length; x++)
                    row[x] = left = (byte)(filtered[x] + left);
                break;
            case 2:
                for (var x = 0; x < row.Length; x++)
                    row[x] = (byte)(filtered[x] + above[x]);
                break;
            case 3:
                for (var x = 0; x < row.Length; x++)
                    row[x] = left = (byte)(filtered[x] + ((left + above[x]) >> 1));
                break;
            default:
                for (var x = 0; x < row.Length; x++)
                {
                    row[x] = left = (byte)(filtered[x] + Paeth(left, above[x], corner));
                    corner = above[x];
                }
                break;
        }
    }

    /// <summary>Gets the neighbor that is nearest to left + above − corner.</summary>
    private static int Paeth(int left, int above, int corner)
    {
        var (toLeft, toAbove) = (Math.Abs(above - corner), Math.Abs(left - corner));
        var toCorner = Math.Abs(left + above - 2 * corner);
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
