using LeNetServe.Datasets;
using LeNetServe.Randomness;
using LeNetServe.Specs;

namespace LeNetServe.Trainer.Tests.Training;

/// <summary>A data set of a few hundred noisy images, a bright bar per class: learnt in a few steps.</summary>
internal static class TinyDataset
{
    public static ImageDataset Create(int train = 512, int test = 120, int channels = 1) => new()
    {
        Name = "tiny",
        Labels = ["0", "1", "2", "3"],
        Imaging = new() { Input = new(channels, 32, 32) },
        Train = Draw(train, channels, seed: 1),
        Test = Draw(test, channels, seed: 2),
    };

    private static ImageSet Draw(int count, int channels, int seed)
    {
        var random = new SplitMix64((ulong)seed);
        var shape = new TensorShape(channels, 32, 32);
        var (pixels, labels) = (new byte[count * shape.Count], new int[count]);
        for (var image = 0; image < count; image++)
        {
            labels[image] = image % 4;
            for (var value = 0; value < shape.Count; value++)
                pixels[image * shape.Count + value] = (byte)(random.Next(100) + (value / 32 % 32 / 8 == labels[image] ? 150 : 0));
        }
        return new(shape, pixels, labels);
    }
}
