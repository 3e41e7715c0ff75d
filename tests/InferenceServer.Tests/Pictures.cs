using SkiaSharp;

namespace LeNetServe.InferenceServer.Tests;

/// <summary>Encoded pictures made of raw gray pixels.</summary>
internal static class Pictures
{
    public static byte[] Png(byte[] gray, int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        gray.CopyTo(bitmap.GetPixelSpan());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
