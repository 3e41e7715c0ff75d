using LeNetServe.Datasets;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Data;

/// <summary>
/// A set of images as one uint8 tensor on the device; a batch is one index_select. On a CPU the tensor is the set's own memory.
/// </summary>
internal sealed class ResidentImages : IDisposable
{
    private readonly Tensor pixels;
    private readonly Tensor labels;

    public ResidentImages(ImageSet set, Device device)
    {
        Count = set.Count;
        using var scope = NewDisposeScope();
        pixels = frombuffer(set.Pixels, ScalarType.Byte).to(device)
            .view(set.Count, set.Shape.Channels, set.Shape.Height, set.Shape.Width).DetachFromDisposeScope();
        labels = tensor(Array.ConvertAll(set.Labels, label => (long)label), ScalarType.Int64, device).DetachFromDisposeScope();
        Device = device;
    }

    public int Count { get; }

    /// <summary>The device of the tensors.</summary>
    public Device Device { get; }

    /// <summary>Gets the numbers of all images.</summary>
    public int[] All() => [.. Enumerable.Range(0, Count)];

    /// <summary>Gets the pixels of the images with these numbers, B×C×H×W uint8, and the labels, B int64.</summary>
    public (Tensor Pixels, Tensor Labels) Batch(ReadOnlySpan<int> numbers)
    {
        using var index = Index(numbers);
        return (pixels.index_select(0, index), labels.index_select(0, index));
    }

    public void Dispose()
    {
        pixels.Dispose();
        labels.Dispose();
    }

    /// <summary>Makes a tensor that selects the images with these numbers.</summary>
    public Tensor Index(ReadOnlySpan<int> numbers)
    {
        var wide = new long[numbers.Length];
        for (var place = 0; place < wide.Length; place++)
            wide[place] = numbers[place];
        return tensor(wide, ScalarType.Int64, Device);
    }
}
