namespace LeNetServe.InferenceServer.Models;

/// <summary>The sizes that the batches of a device are padded to: the powers of two up to a largest size, and that size.</summary>
internal static class BatchSizes
{
    /// <summary>Gets all sizes, ascending.</summary>
    public static IReadOnlyList<int> UpTo(int largest)
    {
        var sizes = new List<int>();
        for (var size = 1; size < largest; size *= 2)
            sizes.Add(size);
        return [.. sizes, largest];
    }

    /// <summary>Gets the smallest size for so many images. More than the largest size are not padded.</summary>
    public static int Next(int images, int largest) =>
        images > largest ? images : Math.Min((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)images), largest);
}
