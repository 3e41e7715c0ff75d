using System.Runtime.InteropServices;
using LeNetServe.Datasets;
using SkiaSharp;

namespace LeNetServe.EndToEnd.Tests.Agreement;

/// <summary>Test images as users have them: files in folders that are named after the classes.</summary>
internal static class ImageFiles
{
    /// <summary>The test images as files: the pictures of a folder in turn from each class, or PNGs.</summary>
    public static byte[][] Of(ImageDataset dataset, string? pictures) => pictures is null
        ? [.. Enumerable.Range(0, dataset.Test.Count).AsParallel().AsOrdered().Select(index => Png(dataset, index))]
        : [.. from label in dataset.Labels
              from entry in Directory.GetFiles(Path.Combine(pictures, label)).Order(StringComparer.Ordinal)
                  .Select((file, rank) => (file, rank))
              orderby entry.rank
              select File.ReadAllBytes(entry.file)];

    /// <summary>One image of the set as a PNG file, without the padding around the data set's own size.</summary>
    private static byte[] Png(ImageDataset dataset, int index)
    {
        var (size, side) = (dataset.Imaging.ContentSize, dataset.Test.Shape.Width);
        var (margin, plane) = ((side - size) / 2, side * side);
        var gray = dataset.Test.Shape.Channels == 1;
        var image = dataset.Test.Image(index);
        using var bitmap = new SKBitmap(new SKImageInfo(size, size, gray ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque));
        var pixels = new byte[bitmap.ByteCount];
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var at = ((y + margin) * side) + x + margin;
                if (gray)
                    pixels[(y * bitmap.RowBytes) + x] = image[at];
                else
                    new[] { image[at], image[at + plane], image[at + (2 * plane)], (byte)255 }.CopyTo(
                        pixels, (y * bitmap.RowBytes) + (4 * x));
            }
        }
        Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return encoded.ToArray();
    }

    /// <summary>All images, as <c>folder/label/number</c> with the extension of what they are.</summary>
    public static void Write(ImageDataset dataset, IReadOnlyList<byte[]> files, string folder)
    {
        foreach (var label in dataset.Labels)
            Directory.CreateDirectory(Path.Combine(folder, label));
        for (var index = 0; index < files.Count; index++)
            File.WriteAllBytes(Path.Combine(folder, dataset.Labels[dataset.Test.Labels[index]],
                $"{index:D5}{(files[index][0] == 0xFF ? ".jpg" : ".png")}"), files[index]);
    }
}
