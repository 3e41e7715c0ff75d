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
        var stored = format switch
        {
            ImageFormat.TIFF => TiffDecoder.Decode(encoded, channels, maxPixels),
            ImageFormat.PNG when channels == 1 && GrayPng.TryRead(encoded, maxPixels, out var plain) => plain,
            ImageFormat.BMP when BmpFile.WithVersion4(encoded) is { } known => DecodeStored(known, format, channels, maxPixels),
            ImageFormat.PNG => DecodeStored(ImageFile.WithoutTexts(encoded), format, channels, maxPixels),
            ImageFormat.JPEG => DecodeJpeg(encoded, channels, maxPixels),
            _ => DecodeStored(encoded, format, channels, maxPixels),
        };
        return Orientation.Upright(stored, ExifOrientation.Of(encoded, format));
    }

    /// <summary>Gets width and height as stored, from the header.</summary>
    /// <exception cref="ImageException">The header cannot be read.</exception>
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> encoded)
    {
        var format = ImageFile.Identify(encoded);
        if (format == ImageFormat.TIFF)
            return TiffDecoder.ReadSize(encoded);
        if (format == ImageFormat.PNG)
            encoded = ImageFile.WithoutTexts(encoded);
        fixed (byte* bytes = encoded)
        {
            using var data = SKData.Create((nint)bytes, encoded.Length);
            using var codec = SKCodec.Create(data) ?? throw Unreadable(encoded, format, HeaderResult(data));
            return (codec.Info.Width, codec.Info.Height);
        }
    }

    /// <summary>Refuses a picture that is larger than the limit, or than its bytes can hold.</summary>
    public static void CheckSize(ReadOnlySpan<byte> encoded, ImageFormat format, int width, int height, long maxPixels)
    {
        var pixels = (long)width * height;
        if (pixels > maxPixels)
            throw new ImageException(ImageFault.TooLarge, $"{Header()}, expected at most {maxPixels}");
        if (ImageFile.MostPixels(encoded, format) is var most && pixels > most)
            throw new ImageException(ImageFault.Truncated, $"{Header()}, more than the file's {encoded.Length} bytes can hold ({most})");

        string Header() => $"the {format} header says {width}×{height} = {pixels} pixels";
    }

    private static Picture DecodeStored(ReadOnlySpan<byte> encoded, ImageFormat format, int channels, long maxPixels)
    {
        fixed (byte* bytes = encoded)
        {
            using var data = SKData.Create((nint)bytes, encoded.Length);
            using var codec = SKCodec.Create(data) ?? throw Unreadable(encoded, format, HeaderResult(data));
            var info = codec.Info;
            CheckSize(encoded, format, info.Width, info.Height, maxPixels);
            var picture = new Picture(channels, info.Height, info.Width);
            try
            {
                var result = Fill(picture, codec, info, format);
                return result == SKCodecResult.Success ? picture : throw Unreadable(encoded, format, result);
            }
            catch
            {
                picture.Dispose();
                throw;
            }
        }
    }

    private static Picture DecodeJpeg(ReadOnlySpan<byte> encoded, int channels, long maxPixels)
    {
        JpegFile.CheckKind(encoded);
        var (scans, end) = JpegFile.Extent(encoded);
        if (scans > JpegFile.ManyScans && JpegFile.Pixels(encoded) is var pixels && scans * pixels > JpegFile.ManyScans * maxPixels)
            throw new ImageException(ImageFault.TooLarge,
                $"the JPEG has {scans} scans of {pixels} pixels, expected at most {JpegFile.ManyScans} times {maxPixels} pixels in all");
        var data = end < 0 ? encoded : encoded[..end];
        var isInOneScan = JpegFile.IsInOneScan(data);
        // Any bytes are data to arithmetic coding, so that only the end marker tells a whole file.
        if ((!isInOneScan && !JpegFile.HasEveryScan(data)) || (end < 0 && JpegFile.IsArithmetic(encoded)))
            throw Unreadable(encoded, ImageFormat.JPEG, SKCodecResult.IncompleteInput);
        if (end < 0)
            return DecodeWithoutEnd(encoded, channels, maxPixels);
        var picture = DecodeStored(encoded, ImageFormat.JPEG, channels, maxPixels);
        // Bytes after arithmetic coding always make a difference.
        var isComplete = (isInOneScan && !EndsInGray(picture)) || JpegFile.IsArithmetic(encoded);
        if (isComplete || EndsAlike(data, picture, maxPixels, isInOneScan ? [0xfe, 0xa5] : [0xfe]))
            return picture;
        picture.Dispose();
        throw Unreadable(encoded, ImageFormat.JPEG, SKCodecResult.IncompleteInput);
    }

    /// <summary>
    /// Tells whether the last block may be missing: the decoder fills the rest of a JPEG with medium gray if the end marker comes early. A
    /// cut inside of the last block is not noticed.
    /// </summary>
    private static bool EndsInGray(in Picture picture)
    {
        const int blockSide = 8;
        const byte gray = 128;
        const byte grayOfInks = gray * gray / byte.MaxValue;
        var columns = (picture.Width - 1) % blockSide + 1;
        var last = picture.Pixels[^1];
        for (var channel = 0; channel < picture.Channels; channel++)
            if (picture.Row(channel, picture.Height - 1)[^columns..].ContainsAnyExcept(last))
                return false;
        return last is gray or grayOfInks;
    }

    /// <summary>Decodes a JPEG without its end marker if every pixel is there.</summary>
    private static Picture DecodeWithoutEnd(ReadOnlySpan<byte> encoded, int channels, long maxPixels)
    {
        try
        {
            var picture = DecodeStored(JpegFile.Ended(encoded, 0x00), ImageFormat.JPEG, channels, maxPixels);
            if (EndsAlike(encoded, picture, maxPixels, [0xfe, 0xa5]))
                return picture;
            picture.Dispose();
        }
        catch (ImageException exception) when (exception.Fault == ImageFault.Damaged)
        {
            // A decoder can also stumble over the random bytes.
        }
        throw Unreadable(encoded, ImageFormat.JPEG, SKCodecResult.IncompleteInput);
    }

    /// <summary>Tells whether a JPEG gives the same picture with any bytes after its data: then every pixel is there.</summary>
    /// <param name="data">The file up to its end marker.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="maxPixels">The most pixels.</param>
    /// <param name="ends">The first of the random bytes, for each try.</param>
    private static bool EndsAlike(ReadOnlySpan<byte> data, in Picture picture, long maxPixels, ReadOnlySpan<byte> ends)
    {
        foreach (var end in ends)
            try
            {
                using var other = DecodeStored(JpegFile.Ended(data, end), ImageFormat.JPEG, picture.Channels, maxPixels);
                if (!picture.Pixels.SequenceEqual(other.Pixels))
                    return false;
            }
            catch (ImageException exception) when (exception.Fault == ImageFault.Damaged)
            {
                return false;
            }
        return true;
    }

    private static SKCodecResult Fill(in Picture picture, SKCodec codec, SKImageInfo stored, ImageFormat format)
    {
        if (picture.Channels == 1 && stored.ColorType == SKColorType.Gray8)
            return Read(codec, new(picture.Width, picture.Height, SKColorType.Gray8, SKAlphaType.Opaque), picture.Pixels);
        var info = new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var buffer = Scratch.Rent<byte>(info.BytesSize);
        var rgba = buffer.AsSpan(0, info.BytesSize);
        var result = Read(codec, info, rgba);
        if (result == SKCodecResult.Success && format == ImageFormat.JPEG)
            ColorConversion.FromOpaque(rgba, picture);
        else if (result == SKCodecResult.Success)
            ColorConversion.FromRgba(rgba, picture, mayLackAlpha: format == ImageFormat.BMP);
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
