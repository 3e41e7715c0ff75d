using System.Buffers.Binary;
using System.IO.Compression;

namespace LeNetServe.TestPictures;

/// <summary>Writes PNG files of every color type, bit depth and interlacing, and broken ones. Source: www.w3.org/TR/png-3.</summary>
public sealed record PngWriter
{
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static readonly uint[] CrcTable =
    [
        .. Enumerable.Range(0, 256).Select(index =>
            Enumerable.Range(0, 8).Aggregate((uint)index, (crc, _) => (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1)),
    ];

    public required int Width { get; init; }

    public required int Height { get; init; }

    public PngColor Color { get; init; } = PngColor.Gray;

    /// <summary>Bits per sample: 1, 2, 4, 8 or 16, as far as the color type allows.</summary>
    public int Depth { get; init; } = 8;

    /// <summary>RGB triples, for <see cref="PngColor.Palette"/>.</summary>
    public byte[] Palette { get; init; } = [];

    /// <summary>Alpha of the palette's first entries (chunk tRNS).</summary>
    public byte[] PaletteAlpha { get; init; } = [];

    public bool Interlaced { get; init; }

    /// <summary>The samples of the pixel at (x, y), each 0..2^depth−1.</summary>
    public required Func<int, int, int[]> Pixel { get; init; }

    /// <summary>The type of a row's filter. The samples are bytes that are filtered already.</summary>
    public Func<int, byte> Filter { get; init; } = _ => 0;

    /// <summary>The whole file.</summary>
    public byte[] ToArray()
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        header[8] = (byte)Depth;
        header[9] = (byte)Color;
        header[12] = (byte)(Interlaced ? 1 : 0);
        WriteChunk(file, "IHDR"u8, header);
        if (Palette.Length > 0)
            WriteChunk(file, "PLTE"u8, Palette);
        if (PaletteAlpha.Length > 0)
            WriteChunk(file, "tRNS"u8, PaletteAlpha);
        WriteChunk(file, "IDAT"u8, Compressed());
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>The offset at which a chunk's length stands.</summary>
    public static int OffsetOf(ReadOnlySpan<byte> png, ReadOnlySpan<byte> type) => png.IndexOf(type) - 4;

    /// <summary>CRC-32 as PNG and zlib count it.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = CrcTable[(crc ^ value) & 0xff] ^ (crc >> 8);
        return ~crc;
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc(chunk.AsSpan(4, 4 + data.Length)));
        file.Write(chunk);
    }

    private byte[] Compressed()
    {
        using var buffer = new MemoryStream();
        using (var zlib = new ZLibStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
            foreach (var pass in Interlaced ? Adam7 : [(0, 0, 1, 1)])
                for (var y = pass.Y; y < Height && pass.X < Width; y += pass.StepY)
                    zlib.Write(Row(pass, y));
        return buffer.ToArray();
    }

    private byte[] Row((int X, int Y, int StepX, int StepY) pass, int y)
    {
        var bits = new List<bool>(8) { false, false, false, false, false, false, false, false };
        for (var x = pass.X; x < Width; x += pass.StepX)
            foreach (var sample in Pixel(x, y))
                for (var bit = Depth - 1; bit >= 0; bit--)
                    bits.Add((sample >> bit & 1) != 0);
        while (bits.Count % 8 != 0)
            bits.Add(false);
        return [Filter(y), .. bits.Chunk(8).Skip(1).Select(octet => (byte)octet.Aggregate(0, (value, bit) => value << 1 | (bit ? 1 : 0)))];
    }
}
