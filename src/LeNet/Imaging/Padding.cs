namespace LeNetServe.Imaging;

/// <summary>Puts a small plane into the middle of a larger one.</summary>
internal static class Padding
{
    /// <summary>Copies a plane into the middle of the target. The other pixels of the target stay as they are.</summary>
    /// <param name="source">Height×width pixels.</param>
    /// <param name="size">Height and width of the source.</param>
    /// <param name="target">Height×width pixels.</param>
    /// <param name="targetSize">Height and width of the target, no smaller than the source's.</param>
    public static void CopyCentered(
        ReadOnlySpan<byte> source, (int Height, int Width) size, Span<byte> target, (int Height, int Width) targetSize)
    {
        var (top, left) = ((targetSize.Height - size.Height) / 2, (targetSize.Width - size.Width) / 2);
        for (var row = 0; row < size.Height; row++)
            source.Slice(row * size.Width, size.Width).CopyTo(target[((top + row) * targetSize.Width + left)..]);
    }
}
