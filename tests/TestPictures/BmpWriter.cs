using System.Buffers.Binary;

namespace LeNetServe.TestPictures;

/// <summary>Writes BMP files.</summary>
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

    /// <summary>A file of 32 bits per pixel with a mask for alpha.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixel">Gives the color at (x, y).</param>
    /// <param name="headerBytes">56 (BITMAPV3INFOHEADER), 108 (BITMAPV4HEADER) or 124 (BITMAPV5HEADER).</param>
    public static byte[] WriteWithAlpha(
        int width, int height, Func<int, int, (byte Red, byte Green, byte Blue, byte Alpha)> pixel, int headerBytes = 124)
    {
        var start = 14 + headerBytes;
        var file = new byte[start + 4 * width * height];
        "BM"u8.CopyTo(file);
        (int Offset, uint Value)[] fields =
        [
            (2, (uint)file.Length), (10, (uint)start), (14, (uint)headerBytes), (18, (uint)width), (22, (uint)height),
            (26, 1 | 32 << 16), (30, 3), (34, (uint)(4 * width * height)),
            (54, 0x00ff0000), (58, 0x0000ff00), (62, 0x000000ff), (66, 0xff000000),
        ];
        foreach (var (offset, value) in headerBytes > 56 ? [.. fields, (70, 0x73524742)] : fields)
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var place = start + ((height - 1 - y) * width + x) * 4;
                (file[place + 2], file[place + 1], file[place], file[place + 3]) = pixel(x, y);
            }
        return file;
    }
}
