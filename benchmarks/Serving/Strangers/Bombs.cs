using Google.Protobuf;
using LeNetServe.V1;
using SkiaSharp;

namespace LeNetServe.Serving.Strangers;

/// <summary>Small requests that promise much work.</summary>
internal static class Bombs
{
    /// <summary>The pixels of the largest picture that the server takes by default.</summary>
    private const int Side = 4000;

    private const int Copies = 1024;

    /// <summary>Gets a batch of GIFs of 43 bytes, each of which declares 16 million pixels.</summary>
    public static ClassifyBatchRequest Gifs(string model)
    {
        byte[] gif =
        [
            .. "GIF89a"u8, Side & 255, Side >> 8, Side & 255, Side >> 8, 0x80, 0, 0, 0, 0, 0, 255, 255, 255,
            .. (ReadOnlySpan<byte>)[0x21, 0xf9, 4, 0, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b],
        ];
        var image = new Image { Encoded = UnsafeByteOperations.UnsafeWrap(gif) };
        return new() { Model = model, Images = { Enumerable.Repeat(image, Copies) } };
    }

    /// <summary>Gets a PNG of a few kilobytes with as many pixels as the server decodes.</summary>
    public static ClassifyRequest Png(string model)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Gray8, SKAlphaType.Opaque));
        bitmap.Erase(SKColors.White);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return new() { Model = model, Image = new() { Encoded = ByteString.CopyFrom(png.AsSpan()) } };
    }
}
