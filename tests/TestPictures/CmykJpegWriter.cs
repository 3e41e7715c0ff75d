namespace LeNetServe.TestPictures;

/// <summary>
/// Writes baseline JPEG files in CMYK as Adobe's programs do (APP14, inverted inks), each 8×8 block of one color: only DC coefficients, so
/// the pixels come out as they went in. Source: ITU-T T.81.
/// </summary>
public static class CmykJpegWriter
{
    /// <summary>The whole file, of the inks (0..255, 255 = full) of the block at column x and row y of blocks.</summary>
    public static byte[] Write(int blocksWide, int blocksHigh, Func<int, int, (byte Cyan, byte Magenta, byte Yellow, byte Black)> block)
    {
        using var file = new MemoryStream();
        file.Write([0xff, 0xd8]);
        file.Write([0xff, 0xee, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]);
        file.Write([0xff, 0xdb, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64)]);
        var (width, height) = (8 * blocksWide, 8 * blocksHigh);
        file.Write([0xff, 0xc0, 0, 20, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width]);
        file.Write([4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]);
        // DC: the categories 0..11 have codes of 4 bits, each its own number. AC: the only symbol is "end of block", code 0.
        file.Write([0xff, 0xc4, 0, 31, 0x00, 0, 0, 0, 12, .. new byte[12], .. Enumerable.Range(0, 12).Select(category => (byte)category)]);
        file.Write([0xff, 0xc4, 0, 20, 0x10, 1, .. new byte[15], 0]);
        file.Write([0xff, 0xda, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
        file.Write(Scan(blocksWide, blocksHigh, block));
        file.Write([0xff, 0xd9]);
        return file.ToArray();
    }

    private static byte[] Scan(int blocksWide, int blocksHigh, Func<int, int, (byte Cyan, byte Magenta, byte Yellow, byte Black)> block)
    {
        var bits = new List<bool>();
        var previous = new int[4];
        for (var y = 0; y < blocksHigh; y++)
            for (var x = 0; x < blocksWide; x++)
            {
                var (cyan, magenta, yellow, black) = block(x, y);
                byte[] inks = [cyan, magenta, yellow, black];
                for (var component = 0; component < 4; component++)
                {
                    // The DC coefficient is 8 times the block's mean, after 128 is taken off.
                    var level = 8 * (255 - inks[component] - 128);
                    AddDifference(bits, level - previous[component]);
                    bits.Add(false);
                    previous[component] = level;
                }
            }
        while (bits.Count % 8 != 0)
            bits.Add(true);
        var bytes = new List<byte>();
        foreach (var octet in bits.Chunk(8))
        {
            bytes.Add((byte)octet.Aggregate(0, (value, bit) => value << 1 | (bit ? 1 : 0)));
            if (bytes[^1] == 0xff)
                bytes.Add(0);
        }
        return [.. bytes];
    }

    private static void AddDifference(List<bool> bits, int difference)
    {
        var category = 32 - int.LeadingZeroCount(Math.Abs(difference));
        Add(bits, category, 4);
        Add(bits, difference < 0 ? difference + (1 << category) - 1 : difference, category);
    }

    private static void Add(List<bool> bits, int value, int count)
    {
        for (var bit = count - 1; bit >= 0; bit--)
            bits.Add((value >> bit & 1) != 0);
    }
}
