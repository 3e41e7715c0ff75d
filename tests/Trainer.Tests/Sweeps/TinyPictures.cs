using SkiaSharp;

namespace LeNetServe.Trainer.Tests.Sweeps;

/// <summary>A folder of pictures that is learned in a moment: bright and dark squares.</summary>
internal static class TinyPictures
{
    /// <summary>Writes 16 pictures of two classes.</summary>
    public static string Write(string root)
    {
        var folder = Path.Combine(root, "pictures");
        foreach (var (label, shade) in ((string, byte)[])[("bright", 220), ("dark", 40)])
        {
            var directory = Directory.CreateDirectory(Path.Combine(folder, label)).FullName;
            for (var number = 0; number < 8; number++)
            {
                using var bitmap = new SKBitmap(32, 32, SKColorType.Gray8, SKAlphaType.Opaque);
                bitmap.Erase(new SKColor((byte)(shade + number), (byte)(shade + number), (byte)(shade + number)));
                using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
                File.WriteAllBytes(Path.Combine(directory, $"{number}.png"), data.ToArray());
            }
        }
        return folder;
    }
}
