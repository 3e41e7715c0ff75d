namespace LeNetServe.TestPictures;

/// <summary>Writes animated GIF files of gray frames, without compression: the code table is cleared before it could grow.</summary>
public static class GifWriter
{
    private const int ClearCode = 256;
    private const int EndCode = 257;
    private const int CodeBits = 9;

    /// <summary>The whole file; each frame gives the gray level at (x, y).</summary>
    public static byte[] Write(int width, int height, params IReadOnlyList<Func<int, int, byte>> frames)
    {
        using var file = new MemoryStream();
        file.Write("GIF89a"u8);
        file.Write([(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0xf7, 0, 0]);
        for (var level = 0; level < 256; level++)
            file.Write([(byte)level, (byte)level, (byte)level]);
        foreach (var frame in frames)
        {
            file.Write([0x21, 0xf9, 4, 0, 10, 0, 0, 0]);
            file.Write([0x2c, 0, 0, 0, 0, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0, 8]);
            foreach (var block in Pack(Codes(width, height, frame)).Chunk(255))
            {
                file.WriteByte((byte)block.Length);
                file.Write(block);
            }
            file.WriteByte(0);
        }
        file.WriteByte(0x3b);
        return file.ToArray();
    }

    private static IEnumerable<int> Codes(int width, int height, Func<int, int, byte> frame)
    {
        for (var place = 0; place < width * height; place++)
        {
            if (place % 250 == 0)
                yield return ClearCode;
            yield return frame(place % width, place / width);
        }
        yield return EndCode;
    }

    private static List<byte> Pack(IEnumerable<int> codes)
    {
        var (bytes, waiting, bits) = (new List<byte>(), 0, 0);
        foreach (var code in codes)
        {
            waiting |= code << bits;
            for (bits += CodeBits; bits >= 8; bits -= 8, waiting >>= 8)
                bytes.Add((byte)waiting);
        }
        bytes.Add((byte)waiting);
        return bytes;
    }
}
