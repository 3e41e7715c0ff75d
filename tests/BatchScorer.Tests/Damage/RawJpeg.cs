namespace LeNetServe.BatchScorer.Tests.Damage;

/// <summary>Writes a baseline JPEG of four components, CMYK as Adobe stores it (inverted): blocks of one colour each.</summary>
internal static class RawJpeg
{
    /// <summary>A file of 8×8 blocks; <paramref name="ink"/> says which of them are black, the others are white.</summary>
    public static byte[] Cmyk(int blocks, Func<int, int, bool> ink)
    {
        var size = (byte)(blocks * 8);
        var file = new List<byte>([0xFF, 0xD8]);
        file.AddRange([0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]);
        file.AddRange([0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)8, 64)]);
        file.AddRange([0xFF, 0xC0, 0, 20, 8, 0, size, 0, size, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]);
        // DC: category 0 is code 0, category 8 is code 10. AC: end of block is code 0.
        file.AddRange([0xFF, 0xC4, 0, 21, 0x00, 1, 1, .. new byte[14], 0, 8]);
        file.AddRange([0xFF, 0xC4, 0, 20, 0x10, 1, .. new byte[15], 0]);
        file.AddRange([0xFF, 0xDA, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
        var bits = new List<bool>();
        var last = new int[4];
        for (var y = 0; y < blocks; y++)
            for (var x = 0; x < blocks; x++)
                for (var component = 0; component < 4; component++)
                    AddBlock(bits, component == 3 && ink(x, y) ? -127 : 128, ref last[component]);
        while (bits.Count % 8 != 0)
            bits.Add(true);
        foreach (var group in bits.Chunk(8))
        {
            var value = group.Aggregate(0, (sum, bit) => (sum << 1) | (bit ? 1 : 0));
            file.Add((byte)value);
            if (value == 0xFF)
                file.Add(0);
        }
        file.AddRange([0xFF, 0xD9]);
        return [.. file];
    }

    private static void AddBlock(List<bool> bits, int level, ref int last)
    {
        var difference = level - last;
        last = level;
        if (difference == 0)
        {
            bits.Add(false);
        }
        else
        {
            // 128, 255 or -255: all of category 8, negative ones in one's complement.
            bits.AddRange([true, false]);
            var code = difference > 0 ? difference : difference + 255;
            for (var bit = 7; bit >= 0; bit--)
                bits.Add(((code >> bit) & 1) != 0);
        }
        bits.Add(false);
    }
}
