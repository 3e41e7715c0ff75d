using System.Numerics.Tensors;
using System.Runtime.InteropServices;
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
    private const int Units = 32, Epochs = 12, BatchSize = 128, Slices = 4;
    private const double LearningRate = 3e-3;
    private static readonly TrainingConfig Decay = new() { WeightDecay = 1e-4 };

    // Keeps a feature that hardly varies from deciding alone.
    private const double Floor = 0.01;

    /// <summary>Values of a unit: a weight for each feature, its bias, and its factor in the score.</summary>
    private readonly int stride = size + 2;

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
            var values = trained.AsSpan(unit * stride, stride);
            bias[unit] = values[size];
            output[unit] = values[size + 1];
            for (var index = 0; index < size; index++)
            {
                weight[unit * size + index] = values[index] / deviation[index];
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
        for (var index = 0; index < features.Length; index++)
            mean[index % size] += (double)features[index] / images;
        for (var index = 0; index < features.Length; index++)
            deviation[index % size] += Math.Pow(features[index] - mean[index % size], 2) / images;
        TensorPrimitives.Sqrt(deviation, deviation);
        TensorPrimitives.Add(deviation, Floor * deviation.Average(), deviation);
        for (var index = 0; index < features.Length; index++)
            features[index] = (float)((features[index] - mean[index % size]) / deviation[index % size]);
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
                    batch.Length, Memory(weights), Memory(gradients[slice])));
                foreach (var gradient in gradients.AsSpan(1))
                    gradients[0].add_(gradient, Number.Of(1));
                optimizer.Step(weights, gradients[0], rate, ++step);
            }
        }
        return TensorMemory.Values(weights);
    }

    private Tensor Start(ref SplitMix64 random)
    {
        var values = new float[Units * stride + 1];
        for (var index = 0; index < Units * size; index++)
            values[index / size * stride + index % size] = random.Normal(MathF.Sqrt(2f / size));
        for (var unit = 0; unit < Units; unit++)
            values[unit * stride + size + 1] = random.Normal(MathF.Sqrt(1f / Units));
        return tensor(values);
    }

    /// <summary>Computes the gradient of images' share of the batch's mean cross-entropy.</summary>
    private void Backward(ReadOnlySpan<int> images, int batch, ReadOnlySpan<float> weights, Span<float> gradient)
    {
        gradient.Clear();
        Span<float> units = stackalloc float[Units];
        foreach (var image in images)
        {
            var values = features.AsSpan(image * size, size);
            var score = weights[^1];
            for (var unit = 0; unit < Units; unit++)
            {
                var own = weights.Slice(unit * stride, stride);
                units[unit] = Math.Max(0, TensorPrimitives.Dot(values, own[..size]) + own[size]);
                score += units[unit] * own[size + 1];
            }
            var slope = (1 / (1 + MathF.Exp(-score)) - (image < known ? 0 : 1)) / batch;
            gradient[^1] += slope;
            for (var unit = 0; unit < Units; unit++)
                if (units[unit] > 0)
                {
                    var own = gradient.Slice(unit * stride, stride);
                    var share = slope * weights[unit * stride + size + 1];
                    TensorPrimitives.MultiplyAdd(values, share, own[..size], own);
                    own[size] += share;
                    own[size + 1] += slope * units[unit];
                }
        }
    }

    private static Span<float> Memory(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
