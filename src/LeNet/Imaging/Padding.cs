namespace LeNetServe.Imaging;

/// <summary>Lays a small square plane into the middle of a larger one.</summary>
internal static class Padding
{
    /// <summary>Copies <paramref name="source"/> (side×side) into the middle of <paramref name="target"/>; the rest of the target stays as it is.</summary>
    public static void CopyCentred(ReadOnlySpan<byte> source, int sourceSide, Span<byte> target, int targetSide)
    {
        var margin = (targetSide - sourceSide) / 2;
        for (var row = 0; row < sourceSide; row++)
            source.Slice(row * sourceSide, sourceSide).CopyTo(target[((row + margin) * targetSide + margin)..]);
    }
}
