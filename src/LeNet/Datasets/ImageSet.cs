using LeNetServe.Specs;

namespace LeNetServe.Datasets;

/// <summary>Images in memory, ready for a model.</summary>
/// <param name="Shape">Shape of one image, C×32×32.</param>
/// <param name="Pixels">Raw pixels 0..255, N×C×32×32.</param>
/// <param name="Labels">The class of each image, 0..classes−1.</param>
public sealed record ImageSet(TensorShape Shape, byte[] Pixels, int[] Labels)
{
    /// <summary>The file of each image, relative to the data set's folder; null if images are not single files.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>Number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>The pixels of one image, C×H×W.</summary>
    public ReadOnlySpan<byte> Image(int index) => Pixels.AsSpan(index * Shape.Count, Shape.Count);
}
