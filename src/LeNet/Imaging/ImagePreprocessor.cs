namespace LeNetServe.Imaging;

/// <summary>
/// Makes a model's input of an encoded picture, the same in every program. The type is immutable, so any number of threads may share an
/// instance.
/// </summary>
/// <remarks>
/// Numbers are taken as stored, without color profile and gamma. 16-bit samples become 8-bit ones. Color becomes gray by ITU-R BT.601,
/// Y = 0.299 R + 0.587 G + 0.114 B; gray becomes color by repetition. Transparent pixels lie on white. EXIF's orientation is applied.
/// </remarks>
/// <param name="spec">The model's input.</param>
/// <param name="maxPixels">
/// The most pixels of a picture. A larger one is refused by its header, before anything is decoded. Decoding takes about 8 bytes per pixel.
/// </param>
public sealed class ImagePreprocessor(ImagingSpec spec, long maxPixels = ImagePreprocessor.DefaultMaxPixels)
{
    /// <summary>The usual limit: 16 megapixels, 4000×4000.</summary>
    public const long DefaultMaxPixels = 16_000_000;

    private readonly int contentHeight = Math.Min(spec.ContentSize, spec.Input.Height);
    private readonly int contentWidth = Math.Min(spec.ContentSize, spec.Input.Width);

    /// <summary>The model's input.</summary>
    public ImagingSpec Spec { get; } = spec.Input.Channels is 1 or 3
        ? spec
        : throw new ArgumentException($"the model's input has {spec.Input.Channels} channels, expected 1 (gray) or 3 (RGB)", nameof(spec));

    /// <summary>Decodes a picture into the model's input.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <returns>Bytes 0..255, C×H×W.</returns>
    /// <exception cref="ImageException">The picture cannot be used.</exception>
    public byte[] Process(ReadOnlySpan<byte> encoded)
    {
        var pixels = new byte[Spec.Input.Count];
        Process(encoded, pixels);
        return pixels;
    }

    /// <summary>Decodes a picture into the model's input, in memory of the caller.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="pixels">Receives bytes 0..255, C×H×W, exactly the input's count.</param>
    /// <exception cref="ImageException">The picture cannot be used; <paramref name="pixels"/> may have been written to.</exception>
    public void Process(ReadOnlySpan<byte> encoded, Span<byte> pixels)
    {
        if (pixels.Length != Spec.Input.Count)
            throw new ArgumentException($"room for {pixels.Length} pixels, expected {Spec.Input.Count} ({Spec.Input})", nameof(pixels));
        using var picture = ImageDecoder.Decode(encoded, Spec.Geometry == Geometry.Digit ? 1 : Spec.Input.Channels, maxPixels);
        if (picture.Is(Spec.Input.Height, Spec.Input.Width) || picture.Is(contentHeight, contentWidth))
            Keep(picture, pixels);
        else if (Spec.Geometry == Geometry.None)
        {
            string[] sizes = [$"{Spec.Input.Width}×{Spec.Input.Height}", $"{contentWidth}×{contentHeight}"];
            throw new ImageException(
                ImageFault.WrongSize,
                $"the picture is {picture.Width}×{picture.Height} pixels, expected {string.Join(" or ", sizes.Distinct())}");
        }
        else
            Resize(picture, pixels);
    }

    private void Keep(in Picture picture, Span<byte> pixels)
    {
        if (Spec.Geometry == Geometry.Digit && Polarity.IsDarkOnLight(picture.Pixels, picture.Height, picture.Width))
            foreach (ref var pixel in picture.Pixels)
                pixel = (byte)(255 - pixel);
        Pad(picture, pixels);
    }

    private void Resize(in Picture picture, Span<byte> pixels)
    {
        using var content = Spec.Geometry == Geometry.Digit
            ? DigitImaging.Extract(picture, contentHeight, contentWidth)
            : Resampling.Resize(picture, contentHeight, contentWidth);
        Pad(content, pixels);
    }

    /// <summary>Puts the content into the middle. Gray content fills every channel of the input.</summary>
    private void Pad(in Picture content, Span<byte> pixels)
    {
        var (channels, height, width) = Spec.Input;
        if (content.Channels == channels && content.Is(height, width))
        {
            content.Pixels.CopyTo(pixels);
            return;
        }
        pixels.Fill(Spec.Background);
        for (var channel = 0; channel < channels; channel++)
            Padding.CopyCentered(
                content.Plane(Math.Min(channel, content.Channels - 1)),
                (content.Height, content.Width),
                pixels.Slice(channel * height * width, height * width),
                (height, width));
    }
}
