using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LeNetServe.Certainty;
using LeNetServe.Randomness;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Optimization;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace LeNetServe.Trainer.Evaluation;

/// <summary>Trains the score of strange images on the features of known and of strange images.</summary>
/// <param name="features">Images×features; standardized in place.</param>
/// <param name="known">Number of the known images, which come first.</param>
/// <param name="size">Number of features.</param>
internal sealed class NoveltyFit(float[] features, int known, int size)
{
    private const int Width = 16, Units = 2 * Width, Epochs = 12, BatchSize = 128, Slices = 4;
    private const double LearningRate = 3e-3;
    private static readonly TrainingConfig Decay = new() { WeightDecay = 1e-4 };

    // Keeps a feature that hardly varies from deciding alone.
    private const double Floor = 0.01;

    // The values: features×units weights, a bias for each unit, a factor in the score for each unit, and the score's own bias.
    private readonly int biases = size * Units;
    private readonly int factors = (size + 1) * Units;
    private readonly int last = (size + 2) * Units;

    /// <summary>Trains the score. The result depends on the features alone, not on the number of threads.</summary>
    /// <param name="known">Images×features of training images.</param>
    /// <param name="strange">Images×features of strange images.</param>
    /// <param name="size">Number of features.</param>
    /// <param name="threads">Threads to compute with.</param>
    public static NoveltyModel Of(float[] known, float[] strange, int size, SliceThreads threads) =>
        new NoveltyFit([.. known, .. strange], known.Length / size, size).Fit(threads);

    private NoveltyModel Fit(SliceThreads threads)
    {
        var (mean, deviation) = Standardize();
        var trained = Train(threads);
        var weight = new double[Units * size];
        var bias = new double[Units];
        var output = new double[Units];
        for (var unit = 0; unit < Units; unit++)
        {
            bias[unit] = trained[biases + unit];
            output[unit] = trained[factors + unit];
            for (var index = 0; index < size; index++)
            {
                weight[unit * size + index] = trained[index * Units + unit] / deviation[index];
                bias[unit] -= weight[unit * size + index] * mean[index];
            }
        }
        return new(weight, bias, output);
    }

    private (double[] Mean, double[] Deviation) Standardize()
    {
        var mean = new double[size];
        var deviation = new double[size];
        var images = features.Length / size;
        for (var image = 0; image < images; image++)
            for (var index = 0; index < size; index++)
                mean[index] += features[image * size + index];
        TensorPrimitives.Divide(mean, images, mean);
        for (var image = 0; image < images; image++)
            for (var index = 0; index < size; index++)
            {
                var distance = features[image * size + index] - mean[index];
                deviation[index] += distance * distance;
            }
        TensorPrimitives.Divide(deviation, images, deviation);
        TensorPrimitives.Sqrt(deviation, deviation);
        TensorPrimitives.Add(deviation, Floor * deviation.Average(), deviation);
        for (var image = 0; image < images; image++)
            for (var index = 0; index < size; index++)
            {
                ref var value = ref features[image * size + index];
                value = (float)((value - mean[index]) / deviation[index]);
            }
        return (mean, deviation);
    }

    private float[] Train(SliceThreads threads)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var random = SplitMix64.For(seed: 0, RandomStreams.Strangers, index: -1);
        var weights = Start(ref random);
        var gradients = Enumerable.Range(0, Slices).Select(_ => zeros_like(weights)).ToArray();
        using var optimizer = new Adam(Decay, weights, decoupled: true);
        var order = Enumerable.Range(0, features.Length / size).ToArray();
        var step = 0;
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var rate = LearningRate * (1 - (double)epoch / Epochs);
            random.Shuffle<int>(order);
            foreach (var batch in order.Chunk(BatchSize))
            {
                using var passing = NewDisposeScope();
                threads.Run(Slices, slice => Backward(
                    batch.AsSpan()[(slice * batch.Length / Slices)..((slice + 1) * batch.Length / Slices)],
                    batch.Length, weights, gradients[slice]));
                foreach (var gradient in gradients.AsSpan(1))
                    gradients[0].add_(gradient, Number.Of(1));
                optimizer.Step(weights, gradients[0], rate, ++step);
            }
        }
        return TensorMemory.Values(weights);
    }

    private Tensor Start(ref SplitMix64 random)
    {
        var values = new float[last + 1];
        for (var index = 0; index < Units * size; index++)
            values[index % size * Units + index / size] = random.Normal(MathF.Sqrt(2f / size));
        for (var unit = 0; unit < Units; unit++)
            values[factors + unit] = random.Normal(MathF.Sqrt(1f / Units));
        return tensor(values);
    }

    /// <summary>Computes the gradient of images' share of the batch's mean cross-entropy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Backward(ReadOnlySpan<int> images, int batch, Tensor values, Tensor sums)
    {
        var weights = TensorMemory.Pointer(values);
        var gradient = TensorMemory.Pointer(sums);
        new Span<float>(gradient, last + 1).Clear();
        fixed (float* all = features)
            foreach (var image in images)
            {
                var from = all + ((long)image * size);
                var (first, second) = Load(weights + biases);
                for (var index = 0; index < size; index++)
                {
                    var (left, right) = Load(weights + (index * Units));
                    first = Vector512.FusedMultiplyAdd(Vector512.Create(from[index]), left, first);
                    second = Vector512.FusedMultiplyAdd(Vector512.Create(from[index]), right, second);
                }
                first = Vector512.Max(first, default);
                second = Vector512.Max(second, default);
                var (firstFactor, secondFactor) = Load(weights + factors);
                var score = Vector512.Sum(first * firstFactor + second * secondFactor) + weights[last];
                var slope = (1 / (1 + MathF.Exp(-score)) - (image < known ? 0 : 1)) / batch;
                gradient[last] += slope;
                Add(gradient + factors, slope, first, second);
                first = (firstFactor * slope) & Vector512.GreaterThan(first, default);
                second = (secondFactor * slope) & Vector512.GreaterThan(second, default);
                Add(gradient + biases, 1, first, second);
                for (var index = 0; index < size; index++)
                    Add(gradient + (index * Units), from[index], first, second);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe (Vector512<float> First, Vector512<float> Second) Load(float* values) =>
        (Vector512.Load(values), Vector512.Load(values + Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Add(float* sums, float factor, Vector512<float> first, Vector512<float> second)
    {
        Vector512.FusedMultiplyAdd(Vector512.Create(factor), first, Vector512.Load(sums)).Store(sums);
        Vector512.FusedMultiplyAdd(Vector512.Create(factor), second, Vector512.Load(sums + Width)).Store(sums + Width);
    }
}
