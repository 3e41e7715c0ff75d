using System.Buffers;
using SkiaSharp;

namespace LeNetServe.Imaging;

/// <summary>Decodes a whole picture, or refuses it: half a picture is never returned.</summary>
internal static unsafe class ImageDecoder
{
    /// <summary>Decodes to gray (1 channel) or RGB (3), upright.</summary>
    /// <exception cref="ImageException">The picture cannot be used.</exception>
    public static Picture Decode(ReadOnlySpan<byte> encoded, int channels, long maxPixels)
    {
        var format = ImageFormat.Identify(encoded);
        fixed (byte* bytes = encoded)
        {
            using var data = SKData.Create((nint)bytes, encoded.Length);
            using var codec = Open(data, format);
            if ((long)codec.Info.Width * codec.Info.Height is var pixels && pixels > maxPixels)
                throw new ImageException(
                    ImageFault.TooLarge,
                    $"the {format} header says {codec.Info.Width}×{codec.Info.Height} = {pixels} pixels, expected at most {maxPixels}");
            return Decode(codec, format, channels);
        }
    }

    /// <summary>Width and height as stored, from the header alone.</summary>
    /// <exception cref="ImageException">The header cannot be read.</exception>
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> encoded)
    {
        var format = ImageFormat.Identify(encoded);
        fixed (byte* bytes = encoded)
        {
            using var data = SKData.Create((nint)bytes, encoded.Length);
            using var codec = Open(data, format);
            return (codec.Info.Width, codec.Info.Height);
        }
    }

    private static SKCodec Open(SKData data, string format) => SKCodec.Create(data) ?? throw Unreadable(data, format);

    private static Picture Decode(SKCodec codec, string format, int channels)
    {
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var picture = new Picture(channels, height, width);
        try
        {
            if (channels == 1 && codec.Info.ColorType == SKColorType.Gray8)
                Read(codec, format, new(width, height, SKColorType.Gray8, SKAlphaType.Opaque), picture.Pixels);
            else
                ReadColor(codec, format, picture);
        }
        catch
        {
            picture.Dispose();
            throw;
        }
        if (codec.EncodedOrigin is SKEncodedOrigin.TopLeft)
            return picture;
        using (picture)
            return Orientation.Upright(picture, codec.EncodedOrigin);
    }

    private static void ReadColor(SKCodec codec, string format, in Picture picture)
    {
        var info = new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var buffer = ArrayPool<byte>.Shared.Rent(info.BytesSize);
        try
        {
            var rgba = buffer.AsSpan(0, info.BytesSize);
            Read(codec, format, info, rgba);
            ColorConversion.FromRgba(rgba, picture);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Read(SKCodec codec, string format, SKImageInfo info, Span<byte> pixels)
    {
        fixed (byte* target = pixels)
        {
            var result = codec.GetPixels(info, (nint)target);
            if (result != SKCodecResult.Success)
                throw Unreadable(result, format, $"{info.Width}×{info.Height} pixels");
        }
    }

    private static ImageException Unreadable(SKData data, string format)
    {
        using var stream = new SKMemoryStream(data);
        using var codec = SKCodec.Create(stream, out var result);
        return Unreadable(result, format, "a whole header");
    }

    private static ImageException Unreadable(SKCodecResult result, string format, string expected) => result == SKCodecResult.IncompleteInput
        ? new(ImageFault.Truncated, $"the {format} file ends too early, expected {expected}")
        : new(ImageFault.Damaged, $"the {format} file is damaged ({result}), expected {expected}");
}
