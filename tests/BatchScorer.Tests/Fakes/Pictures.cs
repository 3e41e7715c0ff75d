using LeNetServe.Tests;
using SkiaSharp;

namespace LeNetServe.BatchScorer.Tests.Fakes;

/// <summary>Pictures that a stripe model knows: class k has its k-th horizontal stripe bright.</summary>
internal static class Pictures
{
    public const int Size = 28;

    /// <summary>
    /// A model of gray 28×28 pictures with ten classes, in <c>name/version</c> below a folder. Sure, but not so sure that scores round to
    /// 1.
    /// </summary>
    public static string WriteModel(string folder, int version = 1, float scale = 0.0005f, string? dataLocation = null)
    {
        var model = new TinyOnnx { Height = Size, Width = Size, Classes = 10, DataLocation = dataLocation };
        (model with { Weights = model.Stripes(scale) }).Write(Path.Combine(folder, $"{version}"));
        return folder;
    }

    /// <summary>A PNG of a class; <paramref name="seed"/> makes noise, so that no two are alike.</summary>
    public static byte[] Png(int label, int seed = 0)
    {
        using var bitmap = new SKBitmap(Size, Size, SKColorType.Gray8, SKAlphaType.Opaque);
        var random = new Random((seed * 10) + label);
        for (var y = 0; y < Size; y++)
            for (var x = 0; x < Size; x++)
            {
                var stripe = ((y * Size) + x) * 10 / (Size * Size);
                var value = (byte)(random.Next(100) + (stripe == label ? 150 : 0));
                bitmap.SetPixel(x, y, new SKColor(value, value, value));
            }
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>Writes pictures into folders named by their class: <c>0/000.png</c> and so on.</summary>
    public static void WriteFolder(string folder, int perClass, int classes = 10)
    {
        for (var label = 0; label < classes; label++)
        {
            Directory.CreateDirectory(Path.Combine(folder, $"{label}"));
            for (var i = 0; i < perClass; i++)
                File.WriteAllBytes(Path.Combine(folder, $"{label}", $"{i:000}.png"), Png(label, i));
        }
    }
}
