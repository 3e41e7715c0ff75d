using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace LeNetServe.BatchScorer.Tests.Damage;

/// <summary>Writes PNG files of the kinds that encoders seldom write, and broken ones.</summary>
internal sealed record RawPng
{
    public int Width { get; init; } = 28;
    public int Height { get; init; } = 28;
    public byte BitDepth { get; init; } = 8;
    public byte ColorType { get; init; }
    public bool Interlaced { get; init; }
    public byte[] Palette { get; init; } = [];
    public bool WrongCrc { get; init; }

    /// <summary>The file; <paramref name="sample"/> gives the bytes of the pixel at x, y.</summary>
    public byte[] ToBytes(Func<int, int, byte[]> sample)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        (header[8], header[9], header[12]) = (BitDepth, ColorType, Interlaced ? (byte)1 : (byte)0);
        Chunk(file, "IHDR"u8, header, false);
        if (Palette.Length > 0)
            Chunk(file, "PLTE"u8, Palette, false);
        Chunk(file, "IDAT"u8, Deflate(Lines(sample)), WrongCrc);
        Chunk(file, "IEND"u8, [], false);
        return file.ToArray();
    }

    private byte[] Lines(Func<int, int, byte[]> sample)
    {
        var lines = new List<byte>();
        (int X, int Y, int StepX, int StepY)[] passes = Interlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        foreach (var (firstX, firstY, stepX, stepY) in passes)
        {
            for (var y = firstY; y < Math.Min(Height, 1000); y += stepY)
            {
                lines.Add(0);
                for (var x = firstX; x < Math.Min(Width, 1000); x += stepX)
                    lines.AddRange(sample(x, y));
            }
        }
        return [.. lines];
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var zlib = new ZLibStream(target, CompressionLevel.Optimal))
            zlib.Write(bytes);
        return target.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, byte[] data, bool wrongCrc)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] content = [.. type, .. data];
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(content) ^ (wrongCrc ? 1u : 0));
        file.Write(number);
    }
}
