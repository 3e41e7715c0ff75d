using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Evaluation;
using LeNetServe.Trainer.Layers;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Parameters;
using LeNetServe.Trainer.Tests.Training;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly TrainedModel Plain = new()
    {
        Spec = Variants.Create("lenet5", 1, 4),
        Labels = ["0", "1", "2", "3"],
        Imaging = new() { Input = new(1, 32, 32) },
        Normalization = new([100], [60]),
        Dataset = new("tiny", 100, 100, ""),
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Measure_OverSeveralBatchesAndThreads_IsWhatTheProbabilitiesSay(bool flip)
    {
        // Two whole batches and a part of a third, in an order of their own.
        var dataset = TinyDataset.Create(train: 700).Train;
        int[] numbers = [.. Enumerable.Range(0, 613).Select(number => 699 - number)];
        using var store = new ParameterStore(Variants.Create("lenet5", 1, 4), CPU);
        Initialization.Fill(store, seed: 1);
        using var images = new ResidentImages(dataset, CPU);
        using var threads = new SliceThreads(2);
        var (correct, loss) = (0, 0.0);
        foreach (var number in numbers)
        {
            var probabilities = Probabilities(store, images, number, flip);
            correct += Array.IndexOf(probabilities, probabilities.Max()) == dataset.Labels[number] ? 1 : 0;
            loss -= Math.Log(probabilities[dataset.Labels[number]]);
        }

        var result = new Evaluator(threads).Measure(store, Plain, images, numbers, flip);

        Assert.Equal((613, correct), (result.Images, result.Correct));
        Assert.Equal(loss / 613, result.Loss, 4);
        Assert.Equal(correct / 613.0, result.Accuracy);
    }

    [Fact]
    public void Measure_Flipped_DiffersFromUnflipped()
    {
        using var store = new ParameterStore(Variants.Create("lenet5", 1, 4), CPU);
        Initialization.Fill(store, seed: 1);
        using var images = new ResidentImages(TinyDataset.Create().Train, CPU);
        using var threads = new SliceThreads(1);
        var evaluator = new Evaluator(threads);
        int[] numbers = [.. Enumerable.Range(0, 100)];

        Assert.NotEqual(
            evaluator.Measure(store, Plain, images, numbers).Loss, evaluator.Measure(store, Plain, images, numbers, flip: true).Loss, 6);
    }

    /// <summary>One image at a time, by torch's own layers: the mean over the image and, if asked, its mirror image.</summary>
    private static double[] Probabilities(ParameterStore store, ResidentImages images, int number, bool flip)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        using var network = new Network(store, Plain.Normalization, kernels: false);
        var (pixels, _) = images.Batch([number]);
        var plain = Softmax(pixels);
        return flip ? [.. plain.Zip(Softmax(pixels.flip(3)), (one, other) => (one + other) / 2)] : plain;

        double[] Softmax(Tensor input) =>
            [.. TensorMemory.Values(network.Forward(input, Pass.Evaluation).softmax(1)).Select(value => (double)value)];
    }
}
