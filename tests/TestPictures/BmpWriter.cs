using System.Buffers.Binary;

namespace LeNetServe.TestPictures;

/// <summary>Writes 24-bit BMP files.</summary>
public static class BmpWriter
{
    /// <summary>The whole file, of the pixels at (x, y).</summary>
    public static byte[] Write(int width, int height, Func<int, int, (byte Red, byte Green, byte Blue)> pixel)
    {
        var rowBytes = (3 * width + 3) / 4 * 4;
        var file = new byte[54 + rowBytes * height];
        "BM"u8.CopyTo(file);
        (int Offset, int Value)[] fields =
            [(2, file.Length), (10, 54), (14, 40), (18, width), (22, height), (26, 1 | 24 << 16), (34, rowBytes * height)];
        foreach (var (offset, value) in fields)
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var place = 54 + (height - 1 - y) * rowBytes + 3 * x;
                (file[place + 2], file[place + 1], file[place]) = pixel(x, y);
            }
        return file;
    }
}
