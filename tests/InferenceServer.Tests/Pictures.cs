using LeNetServe.InferenceServer.Tests.Api.Classify;
using SkiaSharp;

namespace LeNetServe.InferenceServer.Tests;

/// <summary>Encoded pictures made of raw gray pixels.</summary>
internal static class Pictures
{
    /// <summary>The stripe of a label as a picture, which needs a slot of the pipeline; raw pixels do not.</summary>
    public static V1.Image Stripe(int label) =>
        new() { Encoded = Google.Protobuf.ByteString.CopyFrom(Png(ClassifierServiceTests.Stripe(label).Pixels.ToByteArray(), 4, 4)) };

    public static byte[] Png(byte[] gray, int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        gray.CopyTo(bitmap.GetPixelSpan());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
