using SkiaSharp;

namespace LeNetServe.Imaging;

/// <summary>Decodes a whole picture or refuses it. Half a picture is never returned.</summary>
internal static unsafe class ImageDecoder
{
    /// <summary>Decodes to gray (1 channel) or RGB (3), upright.</summary>
    /// <exception cref="ImageException">The picture cannot be used.</exception>
    public static Picture Decode(ReadOnlySpan<byte> encoded, int channels, long maxPixels)
    {
        var format = ImageFile.Identify(encoded);
        fixed (byte* bytes = encoded)
        {
            using var data = SKData.Create((nint)bytes, encoded.Length);
            using var codec = SKCodec.Create(data) ?? throw Unreadable(encoded, format, HeaderResult(data));
            if ((long)codec.Info.Width * codec.Info.Height is var pixels && pixels > maxPixels)
                throw new ImageException(
                    ImageFault.TooLarge,
                    $"the {format} header says {codec.Info.Width}×{codec.Info.Height} = {pixels} pixels, expected at most {maxPixels}");
            var picture = new Picture(channels, codec.Info.Height, codec.Info.Width);
            try
            {
                if (Fill(picture, codec) is var result && result != SKCodecResult.Success)
                    throw Unreadable(encoded, format, result);
                return Orientation.Upright(picture, codec.EncodedOrigin);
            }
            catch
            {
                picture.Dispose();
                throw;
            }
        }
    }

    /// <summary>Width and height as stored, from the header alone.</summary>
    /// <exception cref="ImageException">The header cannot be read.</exception>
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> encoded)
    {
        var format = ImageFile.Identify(encoded);
        fixed (byte* bytes = encoded)
        {
            using var data = SKData.Create((nint)bytes, encoded.Length);
            using var codec = SKCodec.Create(data) ?? throw Unreadable(encoded, format, HeaderResult(data));
            return (codec.Info.Width, codec.Info.Height);
        }
    }

    private static SKCodecResult Fill(in Picture picture, SKCodec codec)
    {
        if (picture.Channels == 1 && codec.Info.ColorType == SKColorType.Gray8)
            return Read(codec, new(picture.Width, picture.Height, SKColorType.Gray8, SKAlphaType.Opaque), picture.Pixels);
        var info = new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var buffer = Scratch.Rent<byte>(info.BytesSize);
        var rgba = buffer.AsSpan(0, info.BytesSize);
        var result = Read(codec, info, rgba);
        if (result == SKCodecResult.Success)
            ColorConversion.FromRgba(rgba, picture);
        Scratch.Return(buffer);
        return result;
    }

    private static SKCodecResult Read(SKCodec codec, SKImageInfo info, Span<byte> pixels)
    {
        fixed (byte* target = pixels)
            return codec.GetPixels(info, (nint)target);
    }

    /// <summary>Gets the reason for which no codec was found.</summary>
    private static SKCodecResult HeaderResult(SKData data)
    {
        using var stream = new SKMemoryStream(data);
        using var codec = SKCodec.Create(stream, out var result);
        return result;
    }

    private static ImageException Unreadable(ReadOnlySpan<byte> encoded, ImageFormat format, SKCodecResult result)
    {
        var whole = ImageFile.IsWhole(encoded, format) ?? result != SKCodecResult.IncompleteInput;
        return whole
            ? new(ImageFault.Damaged, $"the {format} file ({encoded.Length} bytes) contradicts itself, expected a sound one")
            : new(ImageFault.Truncated, $"the {format} file ends after {encoded.Length} bytes, before the picture does");
    }
}
