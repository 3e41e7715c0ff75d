namespace LeNetServe.Datasets;

/// <summary>Makes gray images of RGB images that have no color.</summary>
internal static class GrayPlanes
{
    /// <summary>Tells whether every pixel has red = green = blue.</summary>
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

    /// <summary>Takes the first plane of each image.</summary>
    public static ImageSet First(ImageSet set)
    {
        var shape = set.Shape with { Channels = 1 };
        var pixels = new byte[set.Count * shape.Count];
        for (var index = 0; index < set.Count; index++)
            set.Image(index)[..shape.Count].CopyTo(pixels.AsSpan(index * shape.Count));
        return set with { Shape = shape, Pixels = pixels };
    }
}
