using System.IO.Compression;

namespace LeNetServe.Benchmarks.Robustness;

/// <summary>The digits of 43 other writers: scikit-learn's <c>load_digits</c>, 8×8 pixels of 17 levels (Alpaydin, Kaynak 1998).</summary>
internal static class OtherHands
{
    /// <summary>The file of the Debian package <c>python3-sklearn</c>.</summary>
    public const string DataFile = "/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz";

    private const int Side = 8, Scale = 8, Margin = 16, Brightest = 16;

    /// <summary>Side of a sheet, in pixels.</summary>
    public const int SheetSide = Side * Scale + 2 * Margin;

    /// <summary>Reads the digits, each scaled up eight times by linear interpolation onto a black sheet.</summary>
    public static IEnumerable<(byte[] Pixels, int Label)> Read()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(DataFile), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            var values = Array.ConvertAll(line.Split(','), text => (int)double.Parse(text));
            yield return (Sheet(values), values[Side * Side]);
        }
    }

    private static byte[] Sheet(int[] values)
    {
        var sheet = new byte[SheetSide * SheetSide];
        for (var index = 0; index < sheet.Length; index++)
        {
            var level = Between(values, Place(index / SheetSide), Place(index % SheetSide));
            sheet[index] = (byte)MathF.Round(level * 255 / Brightest);
        }
        return sheet;
    }

    /// <summary>Gets the place of a pixel's middle among the middles of the 8 values.</summary>
    private static float Place(int pixel) => (pixel - Margin + 0.5f) / Scale - 0.5f;

    private static float Between(int[] values, float row, float column)
    {
        var top = (int)MathF.Floor(row);
        var left = (int)MathF.Floor(column);
        var down = row - top;
        var right = column - left;
        return At(top, left) * (1 - down) * (1 - right) + At(top, left + 1) * (1 - down) * right
            + At(top + 1, left) * down * (1 - right) + At(top + 1, left + 1) * down * right;

        float At(int y, int x) => y is >= 0 and < Side && x is >= 0 and < Side ? values[y * Side + x] : 0;
    }
}
