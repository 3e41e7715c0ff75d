using Google.Protobuf;
using LeNetServe.Runtime.Models;
using LeNetServe.V1;
using SkiaSharp;

namespace LeNetServe.Serving;

/// <summary>The images that the callers send: the same pixels, raw and as a PNG.</summary>
internal static class Images
{
    private const int LargeSide = 1024;

    public static Image Of(LoadKind kind, ModelFacts facts)
    {
        if (kind == LoadKind.LargePng)
            return Large();
        var (channels, height, width) = facts.Input;
        var pixels = new byte[facts.Input.Count];
        new Random(1).NextBytes(pixels);
        if (kind != LoadKind.Png)
            return new() { Pixels = UnsafeByteOperations.UnsafeWrap(pixels) };
        var color = channels == 1 ? SKColorType.Gray8 : SKColorType.Rgba8888;
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, color, SKAlphaType.Opaque));
        var target = bitmap.GetPixelSpan();
        for (var index = 0; index < target.Length; index++)
            target[index] = channels == 1 ? pixels[index]
                : index % 4 == 3 ? byte.MaxValue
                : pixels[(index % 4 * height * width) + (index / 4)];
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return new() { Encoded = ByteString.CopyFrom(data.AsSpan()) };
    }

    private static Image Large()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(LargeSide, LargeSide, SKColorType.Gray8, SKAlphaType.Opaque));
        var target = bitmap.GetPixelSpan();
        for (var index = 0; index < target.Length; index++)
            target[index] = (byte)(((index % LargeSide) + (index / LargeSide)) / 8);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return new() { Encoded = ByteString.CopyFrom(data.AsSpan()) };
    }
}
