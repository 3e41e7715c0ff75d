namespace LeNetServe.BatchScorer.Tests.Damage;

/// <summary>Writes animated GIF files: LZW with a clear code every hundred pixels, so that each code is one byte.</summary>
internal static class RawGif
{
    private const byte ClearCode = 128;
    private const byte EndCode = 129;

    /// <summary>A file of gray frames; each gives a pixel's value, 0..127, twice of which is shown.</summary>
    public static byte[] Animated(int size, params Func<int, int, byte>[] frames)
    {
        var file = new List<byte>();
        file.AddRange("GIF89a"u8);
        file.AddRange([(byte)size, 0, (byte)size, 0, 0xF6, 0, 0]);
        for (var gray = 0; gray < 128; gray++)
            file.AddRange([(byte)(gray * 2), (byte)(gray * 2), (byte)(gray * 2)]);
        file.AddRange([0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0]);
        foreach (var frame in frames)
        {
            file.AddRange([0x21, 0xF9, 4, 0, 10, 0, 0, 0]);
            file.AddRange([0x2C, 0, 0, 0, 0, (byte)size, 0, (byte)size, 0, 0, 7]);
            var codes = new List<byte>();
            for (var i = 0; i < size * size; i++)
            {
                if (i % 100 == 0)
                    codes.Add(ClearCode);
                codes.Add(frame(i % size, i / size));
            }
            codes.Add(EndCode);
            foreach (var block in codes.Chunk(255))
                file.AddRange([(byte)block.Length, .. block]);
            file.Add(0);
        }
        file.Add(0x3B);
        return [.. file];
    }
}
