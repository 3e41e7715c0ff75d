namespace LeNetServe.Datasets;

/// <summary>Finds out whether RGB images hold nothing but gray, and makes gray images of them.</summary>
internal static class GrayPlanes
{
    /// <summary>In every pixel red = green = blue.</summary>
    public static bool AllEqual(ImageSet set)
    {
        var plane = set.Shape.Height * set.Shape.Width;
        for (var index = 0; index < set.Count; index++)
        {
            var image = set.Image(index);
            if (!image[..plane].SequenceEqual(image[plane..(2 * plane)]) || !image[..plane].SequenceEqual(image[(2 * plane)..]))
                return false;
        }
        return true;
    }

    /// <summary>The first plane of each image.</summary>
    public static ImageSet First(ImageSet set)
    {
        var shape = set.Shape with { Channels = 1 };
        var pixels = new byte[set.Count * shape.Count];
        for (var index = 0; index < set.Count; index++)
            set.Image(index)[..shape.Count].CopyTo(pixels.AsSpan(index * shape.Count));
        return new(shape, pixels, set.Labels);
    }
}
