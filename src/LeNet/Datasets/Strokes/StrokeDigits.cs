using LeNetServe.Imaging;
using LeNetServe.Randomness;
using LeNetServe.Specs;

namespace LeNetServe.Datasets;

/// <summary>
/// <c>strokes</c>: digits that the program draws itself, so that everything works without files and network. Image number i of a seed does
/// not depend on the number of threads.
/// </summary>
internal static class StrokeDigits
{
    private const int TrainImages = 12_000;
    private const int TestImages = 2_000;

    public static ImageDataset Open(DatasetRequest request, CancellationToken cancellation) => new()
    {
        Name = "strokes",
        Labels = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Imaging = new() { Input = new(1, 32, 32), Geometry = Geometry.Digit, ContentSize = 28 },
        Train = Draw(TrainImages, request.Seed, stream: 0, cancellation),
        Test = Draw(TestImages, request.Seed, stream: 1, cancellation),
    };

    internal static ImageSet Draw(int count, int seed, int stream, CancellationToken cancellation, int threads = -1)
    {
        var shape = new TensorShape(1, 32, 32);
        var pixels = new byte[count * shape.Count];
        var labels = new int[count];
        Parallel.For(
            0,
            count,
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = threads },
            () => new DigitPen(),
            (index, _, pen) =>
            {
                labels[index] = index % 10;
                var random = SplitMix64.For(seed, stream, index);
                pen.Draw(labels[index], ref random, pixels.AsSpan(index * shape.Count, shape.Count));
                return pen;
            },
            pen => pen.Dispose());
        return new(shape, pixels, labels);
    }
}
